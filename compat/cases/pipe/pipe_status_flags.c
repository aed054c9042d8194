// covers: pipe2 fcntl
// Flags of pipes: those that pipe2 takes, and those that F_SETFL changes.
#include "case.h"

static void flags(const char *label, const int *p) {
  say("%s: %#x %#x, %d %d", label, fcntl(p[0], F_GETFL), fcntl(p[1], F_GETFL), fcntl(p[0], F_GETFD),
      fcntl(p[1], F_GETFD));
}

int main(void) {
  int p[2] = {-7, -7};
  char text[32];
  CHECK("pipe2(O_CLOEXEC|O_NONBLOCK|O_DIRECT)", "each flag is on both ends");
  NEED(pipe2(p, 0));
  flags("none", p);
  NEED(pipe2(p, O_CLOEXEC));
  flags("O_CLOEXEC", p);
  NEED(pipe2(p, O_NONBLOCK));
  flags("O_NONBLOCK", p);
  NEED(pipe2(p, O_DIRECT));
  flags("O_DIRECT", p);
  NEED(pipe2(p, O_CLOEXEC | O_NONBLOCK | O_DIRECT));
  flags("all", p);
  CHECK("pipe2", "other flags are refused and nothing is stored");
  p[0] = p[1] = -7;
  R(pipe2(p, O_APPEND));
  R(pipe2(p, O_RDWR));
  R(pipe2(p, O_SYNC));
  R(pipe2(p, O_PATH));
  R(pipe2(p, 1 << 30));
  R(pipe2(p, -1));
  say("%d %d", p[0], p[1]);
  CHECK("fcntl(F_SETFL)", "O_NONBLOCK for one end only");
  NEED(pipe2(p, 0));
  R(fcntl(p[0], F_SETFL, O_NONBLOCK));
  flags("read end", p);
  R(read(p[0], text, 1));
  R(fcntl(p[0], F_SETFL, 0));
  flags("again none", p);
  CHECK("fcntl(F_SETFL)", "O_DIRECT makes packets from now on");
  R(write(p[1], "ab", 2));
  R(fcntl(p[1], F_SETFL, O_DIRECT | O_NONBLOCK));
  flags("write end", p);
  R(write(p[1], "cd", 2));
  R(write(p[1], "ef", 2));
  R(fcntl(p[1], F_SETFL, O_NONBLOCK));
  R(write(p[1], "gh", 2));
  R(fcntl(p[0], F_SETFL, O_NONBLOCK));
  R(read(p[0], text, 32));
  R(read(p[0], text, 32));
  R(read(p[0], text, 32));
  CHECK("fcntl(F_SETFL)", "other flags");
  R(fcntl(p[1], F_SETFL, O_APPEND));
  flags("O_APPEND", p);
  R(fcntl(p[1], F_SETFL, O_NOATIME));
  flags("O_NOATIME", p);
  R(fcntl(p[1], F_SETFL, O_SYNC | O_RDWR));
  flags("O_SYNC", p);
  CHECK("fcntl(F_DUPFD)", "duplicates share flags");
  int copy = NEED(fcntl(p[0], F_DUPFD, 100));
  R(fcntl(copy, F_SETFL, O_NONBLOCK));
  flags("through the duplicate", p);
  return 0;
}
