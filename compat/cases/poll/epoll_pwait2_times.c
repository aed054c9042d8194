// covers: epoll_pwait2 epoll_wait
// Time limits of epoll_wait(2) and epoll_pwait2(2).
#include "case.h"

#include <sys/epoll.h>
static void handler(int signo UNUSED) {}
static long wait2(int ep, struct epoll_event *events, struct timespec *t) {
  return syscall(SYS_epoll_pwait2, ep, events, 4, t, NULL, 8);
}

int main(void) {
  int p[2], ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  struct epoll_event events[4] = {{.events = EPOLLIN}};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], events));
  struct timespec t;
  CHECK("epoll_pwait2", "how long it waits, and that nothing is written back");
  long long start = now_ms();
  t = (struct timespec){0, 30000000};
  R(wait2(ep, events, &t));
  T(now_ms() - start >= 30);
  say("%ld %ld", (long)t.tv_sec, t.tv_nsec);
  t = (struct timespec){0, 0};
  R(wait2(ep, events, &t));
  t = (struct timespec){0, 1};
  R(wait2(ep, events, &t));
  CHECK("epoll_pwait2", "times that are none");
  t = (struct timespec){0, 1000000000};
  R(wait2(ep, events, &t));
  t = (struct timespec){-1, 0};
  R(wait2(ep, events, &t));
  R(wait2(ep, events, (void *)8));
  CHECK("epoll_wait", "a negative limit waits for ever");
  pid_t child = CHILD({
    sleep_ms(30);
    NEED(write(p[1], "x", 1));
  });
  R(epoll_wait(ep, events, 4, -100));
  NEED(waitpid(child, NULL, 0));
  R(wait2(ep, events, NULL));
  char c;
  NEED(read(p[0], &c, 1));
  start = now_ms();
  R(epoll_wait(ep, events, 4, 25));
  T(now_ms() - start >= 25);
  CHECK("epoll_wait", "a signal ends it, also with SA_RESTART");
  handle(SIGUSR1, handler, SA_RESTART);
  pid_t target = getpid();
  child = CHILD({
    sleep_ms(30);
    kill(target, SIGUSR1);
  });
  R(epoll_wait(ep, events, 4, 5000));
  NEED(waitpid(child, NULL, 0));
  CHECK("epoll_wait", "stopped and continued it is interrupted");
  child = CHILD({
    int r = epoll_wait(ep, events, 4, 2000);
    _exit(r < 0 ? errno : r);
  });
  sleep_ms(150);
  NEED(kill(child, SIGSTOP));
  sleep_ms(40);
  NEED(kill(child, SIGCONT));
  reap("waiter", child);
  return 0;
}
