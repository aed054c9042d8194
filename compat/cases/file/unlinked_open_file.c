// covers: unlink fstat read write readlink
// A file lives on while it is open, whatever happens to its name.
#include "case.h"

int main(void) {
  put("f", "alive");
  int fd = NEED(open("f", O_RDWR));
  NEED(unlink("f"));
  struct stat st;
  char text[256] = {0};
  NEED(fstat(fd, &st));
  R(st.st_nlink);
  R(read(fd, text, 10));
  say("%s", text);
  R(pwrite(fd, "ALIVE and more", 14, 0));
  R(pread(fd, text, 20, 0));
  say("%s", text);
  R(open("f", O_RDONLY));
  put("f", "other");
  R(pread(fd, text, 5, 0));
  say("%.5s, and by name %s", text, get("f"));
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  memset(text, 0, sizeof text);
  NEED(readlink(path, text, sizeof text - 1));
  say("link ends with: %s", strrchr(text, '/'));
  int again = NEED(open(path, O_RDONLY));
  R(read(again, text, 5));
  say("%.5s", text);
  R(linkat(AT_FDCWD, path, AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
  NEED(mkdir("d", 0755));
  int dir = NEED(open("d", O_RDONLY));
  NEED(rmdir("d"));
  R(fstat(dir, &st));
  R(st.st_nlink);
  R(openat(dir, "x", O_CREAT | O_WRONLY, 0644));
  put("g", "child data");
  fd = NEED(open("g", O_RDONLY));
  NEED(rename("f", "g"));
  memset(text, 0, sizeof text);
  R(read(fd, text, 20));
  say("replaced: %s", text);
  return 0;
}
