// What the flags of open do, and which errors their combinations give.
#include "case.h"

int main(void) {
  CHECK("openat(O_CREAT|O_EXCL)", "makes a file once");
  R(open("missing", O_RDONLY));
  OK(open("new", O_WRONLY | O_CREAT | O_EXCL, 0640));
  R(open("new", O_WRONLY | O_CREAT | O_EXCL, 0640));
  CHECK("openat(O_WRONLY)", "may be written, not read");
  int fd = NEED(open("new", O_WRONLY));
  R(write(fd, "0123456789", 10));
  R(read(fd, (char[4]){0}, 4));
  close(fd);
  CHECK("openat(O_APPEND)", "every write goes to the end");
  fd = NEED(open("new", O_WRONLY | O_APPEND));
  R(write(fd, "ab", 2));
  R(lseek(fd, 0, SEEK_CUR));
  R(pwrite(fd, "cd", 2, 0));
  close(fd);
  say("content: %s", get("new"));
  CHECK("openat(O_TRUNC)", "empties a file, O_RDONLY alone cannot write");
  fd = NEED(open("new", O_RDONLY));
  R(write(fd, "x", 1));
  close(fd);
  OK(open("new", O_RDONLY | O_TRUNC));
  say("after O_TRUNC: '%s'", get("new"));
  CHECK("openat(O_DIRECTORY)", "directories and files");
  R(open("new", O_RDONLY | O_DIRECTORY));
  NEED(given_directory("dir", 0755));
  OK(open("dir", O_RDONLY));
  OK(open("dir", O_RDONLY | O_DIRECTORY));
  R(open("dir", O_WRONLY));
  R(open("dir", O_RDWR));
  R(open("dir", O_RDONLY | O_CREAT, 0644));
  CHECK("openat", "trailing slashes, files as directories, empty names");
  R(open("new/", O_RDONLY));
  R(open("new/x", O_RDONLY));
  R(open("created/", O_WRONLY | O_CREAT, 0644));
  R(open("", O_RDONLY));
  R(open("nodir/file", O_WRONLY | O_CREAT, 0644));
  CHECK("close", "no descriptor");
  R(close(-1));
  R(close(999));
  return 0;
}
