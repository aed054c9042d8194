// ioctl on files, directories, pipes and sockets.
#include "case.h"

#include <termios.h>
int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDWR)), dir = NEED(open(".", O_RDONLY)), path = NEED(open("f", O_PATH)), p[2],
      s[2];
  int value = -7;
  NEED(pipe(p));
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  CHECK("ioctl(FIONREAD)", "what is left to read");
  R(ioctl(fd, FIONREAD, &value));
  R(value);
  NEED(lseek(fd, 4, SEEK_SET));
  R(ioctl(fd, FIONREAD, &value));
  R(value);
  NEED(write(p[1], "abc", 3));
  R(ioctl(p[0], FIONREAD, &value));
  R(value);
  NEED(write(s[1], "abcde", 5));
  R(ioctl(s[0], FIONREAD, &value));
  R(value);
  CHECK("ioctl(FIOCLEX|FIONCLEX)", "the mark of the descriptor");
  R(ioctl(fd, FIOCLEX));
  R(fcntl(fd, F_GETFD));
  R(ioctl(fd, FIONCLEX));
  R(fcntl(fd, F_GETFD));
  CHECK("ioctl(FIONBIO)", "O_NONBLOCK");
  value = 1;
  R(ioctl(p[0], FIONBIO, &value));
  T(fcntl(p[0], F_GETFL) & O_NONBLOCK);
  value = 0;
  R(ioctl(p[0], FIONBIO, &value));
  T(!(fcntl(p[0], F_GETFL) & O_NONBLOCK));
  CHECK("ioctl(TCGETS|TIOCGWINSZ|TIOCGPGRP)", "no terminals");
  char space[256];
  R(ioctl(fd, TCGETS, space));
  R(ioctl(dir, TCGETS, space));
  R(ioctl(p[0], TIOCGWINSZ, space));
  R(ioctl(s[0], TIOCGPGRP, space));
  CHECK("ioctl", "no descriptor, O_PATH, unknown requests");
  R(ioctl(-1, FIONREAD, &value));
  R(ioctl(path, FIONREAD, &value));
  R(ioctl(path, FIOCLEX));
  R(ioctl(dir, 0x1234567, &value));
  R(ioctl(p[0], 0x1234567, &value));
  CHECK("ioctl(SIOCGIFINDEX)", "only on sockets");
  R(ioctl(fd, 0x8933, space));
  return 0;
}
