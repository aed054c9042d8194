// covers: select
// In which of its three sets select(2) shows hang-ups, errors and urgent data.
#include "case.h"

#include <sys/eventfd.h>
static void state(const char *label, int fd) {
  fd_set r, w, e;
  FD_ZERO(&r);
  FD_SET(fd, &r);
  w = e = r;
  struct timeval zero = {0, 0};
  int count = select(fd + 1, &r, &w, &e, &zero);
  say("%s: %d, read %d write %d except %d", label, count, FD_ISSET(fd, &r), FD_ISSET(fd, &w),
      FD_ISSET(fd, &e));
}

int main(void) {
  int p[2], s[2];
  CHECK("select", "pipes without a partner");
  NEED(pipe(p));
  close(p[1]);
  state("read end", p[0]);
  NEED(pipe(p));
  close(p[0]);
  state("write end", p[1]);
  static char data[65536];
  NEED(pipe(p));
  NEED(write(p[1], data, sizeof data));
  state("full write end", p[1]);
  close(p[0]);
  state("full write end, no reader", p[1]);
  CHECK("select", "stream sockets");
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  state("quiet", s[0]);
  NEED(shutdown(s[1], SHUT_WR));
  state("the peer writes no more", s[0]);
  NEED(shutdown(s[1], SHUT_RD));
  state("nor reads", s[0]);
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  close(s[1]);
  state("the peer is gone", s[0]);
  state("never connected", NEED(socket(AF_UNIX, SOCK_STREAM, 0)));
  CHECK("select", "counters");
  int fd = NEED(eventfd(0, EFD_NONBLOCK));
  state("zero", fd);
  uint64_t most = ~0ul - 1;
  NEED(write(fd, &most, 8));
  state("full", fd);
  CHECK("select", "a process that ends");
  pid_t child = CHILD({ pause(); });
  fd = NEED(syscall(SYS_pidfd_open, child, 0));
  state("alive", fd);
  kill(child, SIGKILL);
  sleep_ms(30);
  state("dead", fd);
  NEED(waitpid(child, NULL, 0));
  state("reaped", fd);
  return 0;
}
