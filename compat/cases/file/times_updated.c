// Which operations touch which of the three times.
#include "case.h"

static struct stat before, after;
static void mark(const char *path) {
  struct timespec old[2] = {{1000, 0}, {1000, 0}};
  NEED(utimensat(AT_FDCWD, path, old, 0));
  NEED(stat(path, &before));
  sleep_ms(15);
}
static void changed(const char *what, const char *path) {
  NEED(stat(path, &after));
  say("%s: mtime %s, ctime %s", what, after.st_mtim.tv_sec == 1000 ? "same" : "new",
      memcmp(&before.st_ctim, &after.st_ctim, sizeof before.st_ctim) ? "new" : "same");
}
int main(void) {
  put("f", "12345");
  NEED(given_directory("d", 0755));
  int fd = NEED(open("f", O_RDWR));
  CHECK("write", "write: changes mtime and ctime");
  mark("f");
  NEED(write(fd, "x", 1));
  changed("write", "f");
  CHECK("chmod", "chmod: changes ctime");
  mark("f");
  NEED(chmod("f", 0600));
  changed("chmod", "f");
  CHECK("truncate", "truncate: changes mtime and ctime");
  mark("f");
  NEED(truncate("f", 2));
  changed("truncate", "f");
  CHECK("link", "link: changes ctime");
  mark("f");
  NEED(link("f", "g"));
  changed("link", "f");
  CHECK("unlink", "changes ctime of what has names left");
  mark("f");
  NEED(unlink("g"));
  changed("unlink", "f");
  CHECK("rename read", "leave mtime");
  mark("f");
  NEED(rename("f", "h"));
  NEED(rename("h", "f"));
  NEED(read(fd, (char[4]){0}, 1));
  NEED(stat("f", &after));
  T(after.st_mtim.tv_sec == 1000);
  CHECK("openat(O_CREAT)", "openat: changes the directory");
  mark("d");
  put("d/new", "");
  changed("create in directory", "d");
  CHECK("unlink", "unlink: changes the directory");
  mark("d");
  NEED(unlink("d/new"));
  changed("unlink in directory", "d");
  CHECK("mkdir", "mkdir: changes the directory");
  mark("d");
  NEED(mkdir("d/sub", 0755));
  changed("mkdir in directory", "d");
  CHECK("openat(O_TRUNC)", "openat: changes mtime and ctime");
  mark("f");
  NEED(close(NEED(open("f", O_WRONLY | O_TRUNC))));
  changed("O_TRUNC", "f");
  CHECK("newfstatat access", "change nothing");
  mark("f");
  NEED(stat("f", &after));
  NEED(access("f", R_OK));
  changed("stat", "f");
  return 0;
}
