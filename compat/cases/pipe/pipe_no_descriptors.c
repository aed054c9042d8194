// covers: pipe
// Descriptors run out: a pipe takes two or none.
#include "case.h"

int main(void) {
  struct rlimit limit = {64, 64};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  int p[2] = {-7, -7}, last;
  CHECK("pipe", "none is made when only one descriptor is left");
  while ((last = dup(0)) >= 0 && last < 62) {
  }
  R(last);
  R(pipe(p));
  say("%d %d", p[0], p[1]);
  R(dup(0));
  R(pipe2(p, O_CLOEXEC));
  say("%d %d", p[0], p[1]);
  CHECK("pipe", "the two lowest that are free");
  close(40);
  close(20);
  R(pipe(p));
  say("%d %d", p[0], p[1]);
  CHECK("eventfd2 epoll_create1 inotify_init1 timerfd_create signalfd4", "no descriptor is left");
  R(syscall(SYS_eventfd2, 0, 0));
  R(syscall(SYS_epoll_create1, 0));
  R(syscall(SYS_inotify_init1, 0));
  R(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0));
  uint64_t mask = 0;
  R(syscall(SYS_signalfd4, -1, &mask, 8, 0));
  R(syscall(SYS_pidfd_open, getpid(), 0));
  return 0;
}
