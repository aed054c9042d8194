// O_NOFOLLOW and O_PATH on files, directories and symbolic links.
#include "case.h"

int main(void) {
  put("file", "hello");
  NEED(given_directory("dir", 0755));
  NEED(given_symlink("file", "link"));
  NEED(given_symlink("dir", "dirlink"));
  NEED(given_symlink("nowhere", "dangling"));
  CHECK("openat(O_NOFOLLOW)", "files and links");
  R(open("link", O_RDONLY | O_NOFOLLOW));
  OK(open("file", O_RDONLY | O_NOFOLLOW));
  R(open("dirlink", O_RDONLY | O_NOFOLLOW));
  R(open("dirlink", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
  CHECK("openat(O_CREAT|O_EXCL)", "through a dangling link");
  R(open("dangling", O_RDONLY));
  R(open("dangling", O_RDONLY | O_CREAT | O_EXCL, 0644));
  OK(open("dangling", O_WRONLY | O_CREAT, 0644));
  OK(access("nowhere", F_OK));
  CHECK("openat(O_PATH|O_NOFOLLOW)", "a symbolic link itself");
  int fd = NEED(open("link", O_PATH | O_NOFOLLOW));
  struct stat st;
  NEED(fstat(fd, &st));
  T(S_ISLNK(st.st_mode));
  char text[64];
  R(readlinkat(fd, "", text, sizeof text));
  R(read(fd, text, 1));
  R(fcntl(fd, F_GETFL) & (O_PATH | O_NOFOLLOW) ? 1 : 0);
  R(fchmod(fd, 0600));
  R(close(fd));
  CHECK("openat(O_PATH)", "what may be done with it");
  fd = NEED(open("file", O_PATH));
  R(read(fd, text, 1));
  R(write(fd, text, 1));
  R(ftruncate(fd, 0));
  R(lseek(fd, 0, SEEK_SET));
  R(fstat(fd, &st));
  R(st.st_size);
  R(ioctl(fd, FIONREAD, text));
  T(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EBADF);
  CHECK("openat(O_PATH|O_DIRECTORY)", "the base of names");
  fd = NEED(open("dir", O_PATH | O_DIRECTORY));
  OK(openat(fd, "inside", O_WRONLY | O_CREAT, 0644));
  OK(fchdir(fd));
  OK(access("inside", F_OK));
  return 0;
}
