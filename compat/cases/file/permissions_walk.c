// tags: permissions
// Owner, group and other bits on the way to a file, for a user without privileges.
#include "case.h"

static void tries(const char *label, uid_t uid, gid_t gid, gid_t extra) {
  pid_t child = CHILD({
    NEED(setgroups(1, &extra));
    NEED(setgid(gid));
    NEED(setuid(uid));
    char title[64];
    sprintf(title, "%s: directories", label);
    CHECK("openat newfstatat mkdir", title);
    const char *dirs[] = {"d700", "d070", "d007", "d711", "d744"};
    struct stat st;
    for (int i = 0; i < 5; i++) {
      char path[32];
      sprintf(path, "%s/file", dirs[i]);
      int search = stat(path, &st) ? errno : 0;
      int list = open(dirs[i], O_RDONLY) < 0 ? errno : 0;
      sprintf(path, "%s/new", dirs[i]);
      int create = mkdir(path, 0755) ? errno : (rmdir(path), 0);
      say("%s %s: search %s, list %s, create %s", label, dirs[i], search ? errno_name(search) : "ok",
          list ? errno_name(list) : "ok", create ? errno_name(create) : "ok");
    }
    sprintf(title, "%s: files", label);
    CHECK("openat", title);
    OK(open("file640", O_RDONLY));
    OK(open("file640", O_WRONLY));
    OK(open("file046", O_RDONLY));
    sprintf(title, "%s: mode and size", label);
    CHECK("chmod truncate", title);
    R(chmod("file640", 0777));
    R(truncate("file640", 0));
  });
  reap(label, child);
}
int main(void) {
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  NEED(given_mode("..", 0755));
  NEED(given_mode(".", 0755));
  struct {
    const char *name;
    mode_t mode;
  } dirs[] = {{"d700", 0700}, {"d070", 0070}, {"d007", 0007}, {"d711", 0711}, {"d744", 0744}};
  for (int i = 0; i < 5; i++) {
    NEED(given_directory(dirs[i].name, 0755));
    char path[32];
    sprintf(path, "%s/file", dirs[i].name);
    put(path, "x");
    NEED(given_owner(dirs[i].name, 1000, 2000));
    NEED(given_mode(dirs[i].name, dirs[i].mode));
  }
  put("file640", "x");
  put("file046", "x");
  NEED(given_owner("file640", 3, 2000));
  NEED(given_owner("file046", 1000, 2000));
  NEED(given_mode("file640", 0640));
  NEED(given_mode("file046", 0046));
  tries("owner", 1000, 5, 5);
  tries("group", 1001, 2000, 5);
  tries("extra group", 1001, 5, 2000);
  tries("other", 1001, 5, 5);
  CHECK("openat", "root needs no permission");
  R(open("d007/file", O_RDONLY) >= 0);
  return 0;
}
