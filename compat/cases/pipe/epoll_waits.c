// Waiting on epoll with a mask of signals, with times in nanoseconds, and what is refused.
#include "case.h"

#include <sys/epoll.h>
static volatile int count;
static void handler(int signal) {
  count++;
}
static long pwait2(int ep, struct epoll_event *events, int max, struct timespec *timeout, sigset_t *mask) {
  return syscall(441, ep, events, max, timeout, mask, 8);
}
int main(void) {
  int p[2], ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  struct epoll_event events[4], event = {.events = EPOLLIN, .data.u64 = 0xabcdef0123456789};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event));
  sigset_t block, none;
  sigemptyset(&none);
  sigemptyset(&block);
  sigaddset(&block, SIGUSR1);
  sigprocmask(SIG_BLOCK, &block, NULL);
  handle(SIGUSR1, handler, 0);
  CHECK("epoll_wait", "timeouts");
  R(epoll_wait(ep, events, 4, 0));
  long long start = now_ms();
  R(epoll_wait(ep, events, 4, 20));
  T(now_ms() - start >= 19);
  CHECK("epoll_pwait", "a mask for the time of the wait");
  raise(SIGUSR1);
  R(epoll_pwait(ep, events, 4, 5, NULL));
  R(count);
  R(epoll_pwait(ep, events, 4, 5000, &none));
  R(count);
  CHECK("epoll_pwait", "sizes of the mask");
  R(syscall(SYS_epoll_pwait, ep, events, 4, 0, &none, 4));
  R(syscall(SYS_epoll_pwait, ep, events, 4, 0, (void *)8, 8));
  CHECK("epoll_pwait2", "times in nanoseconds");
  struct timespec brief = {0, 1500000}, zero = {0, 0}, bad = {0, 1000000000};
  start = now_ms();
  R(pwait2(ep, events, 4, &brief, NULL));
  T(now_ms() - start >= 1);
  R(pwait2(ep, events, 4, &zero, NULL));
  R(pwait2(ep, events, 4, &bad, NULL));
  CHECK("epoll_pwait2", "a mask for the time of the wait, in pwait2");
  raise(SIGUSR1);
  R(pwait2(ep, events, 4, NULL, &none));
  R(count);
  CHECK("epoll_pwait epoll_pwait2", "data arrives");
  NEED(write(p[1], "x", 1));
  R(epoll_pwait(ep, events, 4, -1, &none));
  T(events[0].data.u64 == 0xabcdef0123456789 && events[0].events == EPOLLIN);
  R(pwait2(ep, events, 4, NULL, NULL));
  CHECK("epoll_wait", "several descriptors in turn");
  for (int i = 0; i < 6; i++) {
    int more[2];
    NEED(pipe(more));
    NEED(write(more[1], "x", 1));
    event.data.u64 = i;
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, more[0], &event));
  }
  NEED(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL));
  unsigned seen = 0;
  for (int round = 0; round < 3; round++) {
    int got = epoll_wait(ep, events, 4, 0);
    say("round %d: %d", round, got);
    for (int i = 0; i < got; i++) seen |= 1U << events[i].data.u64;
  }
  R(seen);
  CHECK("epoll_ctl", "operations without a struct, bad descriptors");
  R(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL));
  R(epoll_ctl(p[0], EPOLL_CTL_ADD, p[1], &event));
  R(epoll_ctl(-1, EPOLL_CTL_ADD, p[1], &event));
  R(epoll_ctl(ep, EPOLL_CTL_ADD, -1, &event));
  R(epoll_ctl(ep, EPOLL_CTL_MOD, p[1], &event));
  CHECK("epoll_wait(EPOLLRDHUP|EPOLLPRI)", "only what is asked for, errors always");
  int one = NEED(epoll_create1(0));
  event.events = EPOLLOUT;
  NEED(pipe(p));
  NEED(epoll_ctl(one, EPOLL_CTL_ADD, p[1], &event));
  R(epoll_wait(one, events, 4, 0));
  say("%#x", events[0].events);
  event.events = 0;
  NEED(epoll_ctl(one, EPOLL_CTL_MOD, p[1], &event));
  R(epoll_wait(one, events, 4, 0));
  close(p[0]);
  R(epoll_wait(one, events, 4, 0));
  say("%#x", events[0].events);
  return 0;
}
