// covers: read timerfd_settime poll
// Expirations: counted until they are read, and started anew by every setting.
#include "case.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
static int fd;
static void set(long us, long every) {
  struct itimerspec s = {{every / 1000000, every % 1000000 * 1000}, {us / 1000000, us % 1000000 * 1000}};
  NEED(timerfd_settime(fd, 0, &s, NULL));
}

int main(void) {
  uint64_t n = 0;
  fd = NEED(timerfd_create(CLOCK_MONOTONIC, 0));
  CHECK("read", "waits for the first, and counts those that were missed");
  long long start = now_ms();
  set(30000, 0);
  R(read(fd, &n, 8));
  say("%ld", (long)n);
  T(now_ms() - start >= 30);
  set(10000, 10000);
  sleep_ms(55);
  R(read(fd, &n, 8));
  T(n >= 5 && n < 50);
  R(read(fd, &n, 8));
  T(n >= 1 && n < 50);
  CHECK("timerfd_settime", "forgets what was not read");
  set(5000, 5000);
  sleep_ms(30);
  set(10000000, 0);
  NEED(fcntl(fd, F_SETFL, O_NONBLOCK));
  R(read(fd, &n, 8));
  set(1, 0);
  sleep_ms(10);
  set(0, 0);
  R(read(fd, &n, 8));
  CHECK("poll", "readable while there are expirations");
  struct pollfd f = {fd, POLLIN, 0};
  R(poll(&f, 1, 0));
  set(20000, 0);
  R(poll(&f, 1, 2000));
  R(poll(&f, 1, 0));
  R(read(fd, &n, 8));
  R(poll(&f, 1, 0));
  CHECK("epoll_wait(EPOLLET)", "each expiration is news, also when the one before was not read");
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
  set(20000, 20000);
  R(epoll_wait(ep, &event, 1, 2000));
  R(read(fd, &n, 8) == 8 && n >= 1);
  R(epoll_wait(ep, &event, 1, 2000));
  R(epoll_wait(ep, &event, 1, 0));
  set(0, 0);
  CHECK("read", "a reader that waits while it is set again");
  NEED(fcntl(fd, F_SETFL, 0));
  set(20000000, 0);
  pid_t child = CHILD({ _exit(read(fd, &n, 8) == 8 && n == 1 ? 0 : 1); });
  sleep_ms(30);
  set(10000, 0);
  reap("reader", child);
  CHECK("fork", "children share it");
  set(1, 0);
  sleep_ms(5);
  child = CHILD({ _exit(read(fd, &n, 8) == 8 ? (int)n : 99); });
  reap("child", child);
  NEED(fcntl(fd, F_SETFL, O_NONBLOCK));
  R(read(fd, &n, 8));
  return 0;
}
