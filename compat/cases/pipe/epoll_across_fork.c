// One waiter is woken by another process; EPOLLEXCLUSIVE; nested epoll descriptors.
#include "case.h"

#include <sys/epoll.h>
int main(void) {
  int p[2], q[2], outer = NEED(epoll_create1(0)), inner = NEED(epoll_create1(0));
  NEED(pipe(p));
  NEED(pipe(q));
  struct epoll_event in = {.events = EPOLLIN, .data.u64 = 0x1122334455667788};
  NEED(epoll_ctl(inner, EPOLL_CTL_ADD, p[0], &in));
  NEED(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &in));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "a circle");
  R(epoll_ctl(inner, EPOLL_CTL_ADD, outer, &in));
  CHECK("epoll_wait", "woken by another process through two levels");
  struct gate ready = new_gate();
  pid_t child = CHILD({
    struct epoll_event got = {0};
    tell(ready);
    R(epoll_wait(outer, &got, 1, 10000));
    T(got.data.u64 == 0x1122334455667788 && got.events == EPOLLIN);
    R(epoll_wait(inner, &got, 1, 0));
  });
  await(ready);
  sleep_ms(50);
  uint64_t one = 1;
  NEED(write(p[1], &one, 8));
  reap("child", child);
  CHECK("epoll_wait", "nothing after it was read");
  NEED(read(p[0], &one, 8));
  R(epoll_wait(outer, &in, 1, 0));
  CHECK("epoll_ctl(EPOLLEXCLUSIVE)", "added; not with EPOLLONESHOT");
  struct epoll_event exclusive = {.events = EPOLLIN | EPOLLEXCLUSIVE};
  NEED(write(q[1], "x", 1));
  R(epoll_ctl(outer, EPOLL_CTL_ADD, q[0], &exclusive));
  R(epoll_wait(outer, &in, 1, 0));
  exclusive.events |= EPOLLONESHOT;
  R(epoll_ctl(inner, EPOLL_CTL_ADD, q[0], &exclusive));
  CHECK("epoll_wait", "an inner one was closed");
  close(inner);
  R(epoll_wait(outer, &in, 1, 0));
  return 0;
}
