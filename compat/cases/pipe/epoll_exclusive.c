// covers: epoll_create1 epoll_ctl epoll_wait
// EPOLLEXCLUSIVE: one event wakes one of those that sleep, also when the one woken before has not gone away.
#include "case.h"

#include <sys/epoll.h>
enum { WAITERS = 3 };
static int p[2], done[2], leave[2];
static void waiter(void) {
  close(leave[1]);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET | EPOLLEXCLUSIVE};
  int ep = NEED(epoll_create1(0));
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event));
  NEED(write(done[1], "r", 1));
  int got = epoll_wait(ep, &event, 1, 10000);
  NEED(write(done[1], got == 1 ? "w" : "t", 1));
  char c;
  (void)!read(leave[0], &c, 1);
  _exit(0);
}
static void expect(const char *label) {
  char c = '?';
  NEED(read(done[0], &c, 1));
  struct pollfd more = {done[0], POLLIN, 0};
  say("%s: %c, more %d", label, c, poll(&more, 1, 100));
}
int main(void) {
  NEED(pipe(p));
  NEED(pipe(done));
  NEED(pipe(leave));
  for (int i = 0; i < WAITERS; i++)
    if (NEED(fork()) == 0) waiter();
  char c;
  for (int i = 0; i < WAITERS; i++) NEED(read(done[0], &c, 1));
  usleep(200000);
  CHECK("epoll_ctl(EPOLLEXCLUSIVE)", "each event wakes one more sleeper");
  for (int i = 0; i < WAITERS; i++) {
    NEED(write(p[1], "x", 1));
    expect("event");
    NEED(read(p[0], &c, 1));
  }
  close(leave[1]);
  while (wait(NULL) > 0) {
  }
  return 0;
}
