// covers: lseek
// Every whence, and the errors.
#include "case.h"

int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDWR));
  R(lseek(fd, 3, SEEK_SET));
  R(lseek(fd, 4, SEEK_CUR));
  R(lseek(fd, -8, SEEK_CUR));
  R(lseek(fd, -2, SEEK_END));
  R(lseek(fd, 100, SEEK_END));
  R(read(fd, (char[1]){0}, 1));
  R(lseek(fd, -1, SEEK_SET));
  R(lseek(fd, 0, 99));
  R(lseek(fd, 0, -1));
  R(lseek(fd, -200, SEEK_CUR));
  R(lseek(fd, 0, SEEK_CUR));
  int pipes[2];
  NEED(pipe(pipes));
  R(lseek(pipes[0], 0, SEEK_CUR));
  R(lseek(pipes[0], 0, SEEK_SET));
  R(lseek(-1, 0, SEEK_SET));
  int copy = NEED(dup(fd));
  R(lseek(copy, 5, SEEK_SET));
  R(lseek(fd, 0, SEEK_CUR));
  int second = NEED(open("f", O_RDONLY));
  R(lseek(second, 0, SEEK_CUR));
  pid_t child = CHILD(lseek(fd, 8, SEEK_SET));
  reap("child", child);
  R(lseek(fd, 0, SEEK_CUR));
  int null = NEED(open("/dev/null", O_RDWR));
  R(lseek(null, 77, SEEK_SET));
  return 0;
}
