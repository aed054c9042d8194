// covers: epoll_ctl epoll_wait
// Thousands of descriptors in one epoll: each is found, in order, however many are asked for at a time.
#include "case.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
enum { COUNT = 3000 };
static int fds[COUNT];
static struct epoll_event events[COUNT];

int main(void) {
  struct rlimit limit = {4096, 4096};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  int ep = NEED(epoll_create1(0));
  for (int i = 0; i < COUNT; i++) {
    fds[i] = NEED(eventfd(0, EFD_NONBLOCK));
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &event));
  }
  uint64_t one = 1;
  CHECK("epoll_wait", "one of many");
  R(epoll_wait(ep, events, COUNT, 0));
  NEED(write(fds[2345], &one, 8));
  R(epoll_wait(ep, events, COUNT, 0));
  say("%d", events[0].data.u32);
  NEED(read(fds[2345], &one, 8));
  R(epoll_wait(ep, events, COUNT, 0));
  CHECK("epoll_wait", "all of them at once, in their order");
  for (int i = COUNT - 1; i >= 0; i--) NEED(write(fds[i], &one, 8));
  R(epoll_wait(ep, events, COUNT, 0));
  int right = 0;
  for (int i = 0; i < COUNT; i++) right += (int)events[i].data.u32 == COUNT - 1 - i;
  say("%d", right);
  CHECK("epoll_wait", "a few at a time, each in turn");
  static int seen[COUNT];
  for (int i = 0; i < COUNT / 100; i++) {
    int n = epoll_wait(ep, events, 100, 0);
    for (int k = 0; k < n; k++) seen[events[k].data.u32]++;
  }
  int once = 0;
  for (int i = 0; i < COUNT; i++) once += seen[i] == 1;
  say("%d", once);
  CHECK("epoll_ctl(EPOLL_CTL_DEL)", "half of them");
  for (int i = 0; i < COUNT; i += 2) NEED(epoll_ctl(ep, EPOLL_CTL_DEL, fds[i], NULL));
  R(epoll_wait(ep, events, COUNT, 0));
  CHECK("close", "takes the rest away");
  for (int i = 1; i < COUNT; i += 2) close(fds[i]);
  R(epoll_wait(ep, events, COUNT, 0));
  return 0;
}
