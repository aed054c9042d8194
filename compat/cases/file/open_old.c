// open and creat as calls of their own: C libraries make openat of them.
#include "case.h"

static int raw_open(const char *path, int flags, mode_t mode) {
  return syscall(SYS_open, path, flags, mode);
}
int main(void) {
  struct stat st;
  char name[300], text[16] = {0};
  NEED(given_directory("dir", 0755));
  NEED(given_symlink("file", "link"));
  NEED(given_symlink("loop", "loop"));
  CHECK("open(O_CREAT|O_EXCL)", "makes a file once, with the mode less the mask");
  int fd = OK(raw_open("file", O_RDWR | O_CREAT | O_EXCL, 0666));
  R(raw_open("file", O_RDWR | O_CREAT | O_EXCL, 0666));
  NEED(fstat(fd, &st));
  say("mode %o", st.st_mode);
  CHECK("open(O_RDONLY|O_WRONLY|O_RDWR)", "reading and writing");
  R(write(fd, "0123456789", 10));
  fd = OK(raw_open("link", O_RDONLY, 0));
  R(read(fd, text, 4));
  R(write(fd, "x", 1));
  R(read(raw_open("file", O_WRONLY, 0), text, 1));
  CHECK("open(O_APPEND|O_TRUNC)", "the end, and nothing left");
  fd = OK(raw_open("file", O_WRONLY | O_APPEND, 0));
  R(write(fd, "ab", 2));
  R(lseek(fd, 0, SEEK_CUR));
  OK(raw_open("file", O_WRONLY | O_TRUNC, 0));
  NEED(stat("file", &st));
  R(st.st_size);
  CHECK("open(O_DIRECTORY|O_NOFOLLOW|O_PATH)", "kinds of files");
  OK(raw_open("dir", O_DIRECTORY, 0));
  R(raw_open("file", O_DIRECTORY, 0));
  R(raw_open("link", O_NOFOLLOW, 0));
  OK(raw_open("link", O_NOFOLLOW | O_PATH, 0));
  R(raw_open("dir", O_WRONLY, 0));
  CHECK("open(O_CLOEXEC|O_NONBLOCK|O_SYNC)", "flags that can be read back");
  fd = OK(raw_open("file", O_RDWR | O_CLOEXEC | O_NONBLOCK | O_SYNC | O_NOATIME, 0));
  R(fcntl(fd, F_GETFD));
  say("%o", fcntl(fd, F_GETFL) & ~O_LARGEFILE & ~0100000);
  CHECK("open(O_TMPFILE)", "a file without a name");
  fd = OK(raw_open(".", O_TMPFILE | O_RDWR, 0600));
  R(write(fd, "x", 1));
  R(raw_open("missing", O_TMPFILE | O_RDWR, 0600));
  R(raw_open(".", O_TMPFILE, 0600));
  CHECK("open", "names that are refused");
  memset(name, 'n', sizeof name);
  name[256] = 0;
  R(raw_open("missing", O_RDONLY, 0));
  R(raw_open("", O_RDONLY, 0));
  R(raw_open("file/x", O_RDONLY, 0));
  R(raw_open("file/", O_RDONLY, 0));
  R(raw_open("loop", O_RDONLY, 0));
  R(raw_open("loop/x", O_RDONLY, 0));
  R(raw_open(name, O_RDONLY, 0));
  R(raw_open("none/x", O_WRONLY | O_CREAT, 0644));
  CHECK("creat", "makes and empties");
  fd = OK(syscall(SYS_creat, "made", 0640));
  R(write(fd, "text", 4));
  R(read(fd, text, 1));
  fd = OK(syscall(SYS_creat, "made", 0600));
  NEED(fstat(fd, &st));
  say("mode %o size %ld", st.st_mode, (long)st.st_size);
  CHECK("creat", "names that are refused by creat");
  R(syscall(SYS_creat, "dir", 0644));
  R(syscall(SYS_creat, "none/x", 0644));
  R(syscall(SYS_creat, "loop", 0644));
  R(syscall(SYS_creat, "", 0644));
  R(syscall(SYS_creat, name, 0644));
  return 0;
}
