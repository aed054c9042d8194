// tags: permissions
// The set-group-id bit of a directory is inherited; that of a file is lost when it is written.
#include "case.h"

static void show(const char *path) {
  struct stat st;
  NEED(stat(path, &st));
  say("%s: mode %o, group %s", path, st.st_mode & 07777, st.st_gid == getegid() ? "own" : "the directory's");
}
int main(void) {
  NEED(given_directory("d", 0755));
  if (geteuid() == 0) NEED(given_owner("d", -1, 4242));
  CHECK("chmod(S_ISGID)", "a directory");
  NEED(chmod("d", 02775));
  show("d");
  CHECK("openat(O_CREAT)", "openat: the group of the directory");
  put("d/file", "x");
  show("d/file");
  CHECK("mkdir", "the group and the bit of the directory");
  NEED(mkdir("d/sub", 0755));
  show("d/sub");
  CHECK("mknodat(S_IFIFO)", "mknodat: the group of the directory");
  NEED(mkfifo("d/fifo", 0644));
  show("d/fifo");
  CHECK("mkdir", "elsewhere");
  NEED(mkdir("plain", 0755));
  show("plain");
  put("prog", "x");
  NEED(given_mode("prog", 06755));
  if (geteuid() == 0) {
    NEED(given_mode("..", 0755));
    NEED(given_mode(".", 0755));
    NEED(given_mode("prog", 06777));
    CHECK("write", "write: takes the set-id bits of a file");
    pid_t child = CHILD({
      NEED(setgid(777));
      NEED(setuid(777));
      int fd = NEED(open("prog", O_WRONLY));
      NEED(write(fd, "y", 1));
    });
    reap("writer", child);
    struct stat st;
    NEED(stat("prog", &st));
    say("after a write by another: %o", st.st_mode & 07777);
    CHECK("truncate", "truncate: takes the set-id bits of a file");
    NEED(given_mode("prog", 06777));
    child = CHILD({
      NEED(setgid(777));
      NEED(setuid(777));
      NEED(truncate("prog", 0));
    });
    reap("truncater", child);
    NEED(stat("prog", &st));
    say("after a truncate by another: %o", st.st_mode & 07777);
  }
  return 0;
}
