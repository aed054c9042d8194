// A file lives on while it is open, whatever happens to its name.
#include "case.h"

int main(void) {
  put("f", "alive");
  int fd = NEED(open("f", O_RDWR));
  NEED(unlink("f"));
  struct stat st;
  char text[256] = {0};
  CHECK("newfstatat(AT_EMPTY_PATH)", "no links are left");
  NEED(fstat(fd, &st));
  R(st.st_nlink);
  CHECK("read pread64 pwrite64", "still the same file");
  R(read(fd, text, 10));
  say("%s", text);
  R(pwrite(fd, "ALIVE and more", 14, 0));
  R(pread(fd, text, 20, 0));
  say("%s", text);
  CHECK("openat", "the name is free");
  R(open("f", O_RDONLY));
  put("f", "other");
  R(pread(fd, text, 5, 0));
  say("%.5s, and by name %s", text, get("f"));
  CHECK("readlink", "/proc/self/fd says (deleted)");
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  memset(text, 0, sizeof text);
  NEED(readlink(path, text, sizeof text - 1));
  say("link ends with: %s", strrchr(text, '/'));
  CHECK("openat", "by way of /proc/self/fd");
  int again = NEED(open(path, O_RDONLY));
  R(read(again, text, 5));
  say("%.5s", text);
  CHECK("linkat(AT_SYMLINK_FOLLOW)", "no name for what was removed");
  R(linkat(AT_FDCWD, path, AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
  CHECK("rmdir", "a directory that is open");
  NEED(given_directory("d", 0755));
  int dir = NEED(open("d", O_RDONLY));
  NEED(rmdir("d"));
  R(fstat(dir, &st));
  R(st.st_nlink);
  R(openat(dir, "x", O_CREAT | O_WRONLY, 0644));
  CHECK("rename", "a file that is open is replaced");
  put("g", "child data");
  fd = NEED(open("g", O_RDONLY));
  NEED(rename("f", "g"));
  memset(text, 0, sizeof text);
  R(read(fd, text, 20));
  say("replaced: %s", text);
  return 0;
}
