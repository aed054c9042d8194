// covers: dup dup2 dup3 fcntl close
// Duplicates share the offset and status flags, not the descriptor flags.
#include "case.h"

int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDONLY));
  int copy = NEED(dup(fd));
  T(copy > fd);
  char byte;
  NEED(read(fd, &byte, 1));
  R(lseek(copy, 0, SEEK_CUR));
  R(dup2(fd, 50));
  R(dup2(fd, fd) == fd);
  R(dup2(-1, 51));
  R(dup2(999, 51));
  R(dup2(fd, -1));
  R(dup3(fd, 52, O_CLOEXEC));
  R(fcntl(52, F_GETFD));
  R(fcntl(50, F_GETFD));
  R(dup3(fd, fd, 0));
  R(dup3(fd, 53, O_NONBLOCK));
  R(fcntl(fd, F_DUPFD, 100));
  R(fcntl(fd, F_DUPFD, 100));
  R(fcntl(fd, F_DUPFD_CLOEXEC, 100));
  R(fcntl(102, F_GETFD));
  R(fcntl(fd, F_DUPFD, -1));
  R(fcntl(fd, F_DUPFD, 1 << 30));
  R(fcntl(-1, F_DUPFD, 0));
  R(fcntl(fd, 9999));
  R(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
  R(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND));
  R(fcntl(copy, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
  R(fcntl(fd, F_SETFL, O_WRONLY));
  R(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
  R(close(50));
  R(read(52, &byte, 1));
  R(byte);
  R(close(50));
  int other = NEED(open("/dev/null", O_WRONLY));
  R(dup2(other, 52));
  R(read(52, &byte, 1));
  R(dup(999));
  return 0;
}
