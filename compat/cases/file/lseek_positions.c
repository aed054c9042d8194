// Every whence, and the errors.
#include "case.h"

int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDWR));
  CHECK("lseek(SEEK_SET|SEEK_CUR|SEEK_END)", "positions");
  R(lseek(fd, 3, SEEK_SET));
  R(lseek(fd, 4, SEEK_CUR));
  R(lseek(fd, -8, SEEK_CUR));
  R(lseek(fd, -2, SEEK_END));
  R(lseek(fd, 100, SEEK_END));
  R(read(fd, (char[1]){0}, 1));
  CHECK("lseek", "negative positions and an unknown whence");
  R(lseek(fd, -1, SEEK_SET));
  R(lseek(fd, 0, 99));
  R(lseek(fd, 0, -1));
  R(lseek(fd, -200, SEEK_CUR));
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("lseek", "pipes and closed descriptors");
  int pipes[2];
  NEED(pipe(pipes));
  R(lseek(pipes[0], 0, SEEK_CUR));
  R(lseek(pipes[0], 0, SEEK_SET));
  R(lseek(-1, 0, SEEK_SET));
  CHECK("lseek", "shared by duplicates and children, not by another open");
  int copy = NEED(dup(fd));
  R(lseek(copy, 5, SEEK_SET));
  R(lseek(fd, 0, SEEK_CUR));
  int second = NEED(open("f", O_RDONLY));
  R(lseek(second, 0, SEEK_CUR));
  pid_t child = CHILD(lseek(fd, 8, SEEK_SET));
  reap("child", child);
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("lseek", "/dev/null stays at 0");
  int null = NEED(open("/dev/null", O_RDWR));
  R(lseek(null, 77, SEEK_SET));
  return 0;
}
