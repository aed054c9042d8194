// Duplicates share the offset and status flags, not the descriptor flags.
#include "case.h"

int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDONLY));
  CHECK("dup", "shares the offset");
  int copy = NEED(dup(fd));
  T(copy > fd);
  char byte;
  NEED(read(fd, &byte, 1));
  R(lseek(copy, 0, SEEK_CUR));
  CHECK("dup2", "to a number, to itself, from and to no descriptor");
  R(dup2(fd, 50));
  R(dup2(fd, fd) == fd);
  R(dup2(-1, 51));
  R(dup2(999, 51));
  R(dup2(fd, -1));
  CHECK("dup3(O_CLOEXEC)", "the mark, and what it refuses");
  R(dup3(fd, 52, O_CLOEXEC));
  R(fcntl(52, F_GETFD));
  R(fcntl(50, F_GETFD));
  R(dup3(fd, fd, 0));
  R(dup3(fd, 53, O_NONBLOCK));
  CHECK("fcntl(F_DUPFD|F_DUPFD_CLOEXEC)", "from a lowest number on");
  R(fcntl(fd, F_DUPFD, 100));
  R(fcntl(fd, F_DUPFD, 100));
  R(fcntl(fd, F_DUPFD_CLOEXEC, 100));
  R(fcntl(102, F_GETFD));
  R(fcntl(fd, F_DUPFD, -1));
  R(fcntl(fd, F_DUPFD, 1 << 30));
  R(fcntl(-1, F_DUPFD, 0));
  CHECK("fcntl", "an unknown command");
  R(fcntl(fd, 9999));
  CHECK("fcntl(F_GETFL|F_SETFL)", "duplicates share the status flags");
  R(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
  R(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND));
  R(fcntl(copy, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
  R(fcntl(fd, F_SETFL, O_WRONLY));
  R(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
  CHECK("close", "one duplicate of several");
  R(close(50));
  R(read(52, &byte, 1));
  R(byte);
  R(close(50));
  CHECK("dup2", "replaces an open descriptor");
  int other = NEED(open("/dev/null", O_WRONLY));
  R(dup2(other, 52));
  R(read(52, &byte, 1));
  CHECK("dup", "no descriptor");
  R(dup(999));
  return 0;
}
