// covers: ioctl
// ioctl(2) on pipes: FIONREAD and what every file knows.
#include "case.h"

int main(void) {
  int p[2], n = -1;
  static char data[70000];
  NEED(pipe2(p, O_NONBLOCK));
  CHECK("ioctl(FIONREAD)", "bytes inside, seen from both ends");
  R(ioctl(p[0], FIONREAD, &n));
  say("%d", n);
  NEED(write(p[1], data, 5000));
  R(ioctl(p[0], FIONREAD, &n));
  say("%d", n);
  R(ioctl(p[1], FIONREAD, &n));
  say("%d", n);
  NEED(read(p[0], data, 4999));
  R(ioctl(p[1], FIONREAD, &n));
  say("%d", n);
  NEED(write(p[1], data, sizeof data) > 0 ? 0 : -1);
  R(ioctl(p[1], FIONREAD, &n));
  say("%d", n);
  R(ioctl(p[0], FIONREAD, NULL));
  CHECK("ioctl(FIONREAD)", "packets together");
  NEED(pipe2(p, O_DIRECT));
  NEED(write(p[1], "abc", 3));
  NEED(write(p[1], "defg", 4));
  R(ioctl(p[0], FIONREAD, &n));
  say("%d", n);
  NEED(read(p[0], data, 1));
  R(ioctl(p[0], FIONREAD, &n));
  say("%d", n);
  CHECK("ioctl(FIONBIO)", "makes it non-blocking and back");
  n = 1;
  R(ioctl(p[0], FIONBIO, &n));
  say("%#x", fcntl(p[0], F_GETFL));
  n = 0;
  R(ioctl(p[0], FIONBIO, &n));
  say("%#x", fcntl(p[0], F_GETFL));
  CHECK("ioctl(FIOCLEX|FIONCLEX)", "close on exec");
  R(ioctl(p[0], FIOCLEX));
  R(fcntl(p[0], F_GETFD));
  R(ioctl(p[0], FIONCLEX));
  R(fcntl(p[0], F_GETFD));
  CHECK("ioctl", "requests of other files");
  R(ioctl(p[0], TIOCGWINSZ, data));
  R(ioctl(p[0], TCGETS, data));
  R(ioctl(p[0], TIOCOUTQ, &n));
  R(ioctl(p[0], 0x12345678, &n));
  return 0;
}
