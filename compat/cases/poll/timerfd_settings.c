// covers: timerfd_settime timerfd_gettime timerfd_create
// Timers that are read: settings, what is left, arguments that are refused.
#include "case.h"

#include <sys/timerfd.h>
static struct itimerspec after(long ms, long every) {
  return (struct itimerspec){{every / 1000, every % 1000 * 1000000}, {ms / 1000, ms % 1000 * 1000000}};
}
static void show(const char *label, struct itimerspec s) {
  long left = s.it_value.tv_sec * 1000 + s.it_value.tv_nsec / 1000000;
  say("%s: every %ld ms, next in %s", label, s.it_interval.tv_sec * 1000 + s.it_interval.tv_nsec / 1000000,
      s.it_value.tv_sec == 0 && s.it_value.tv_nsec == 0 ? "never"
      : left >= 9000 && left <= 10000                   ? "about 10 s"
                                                        : "else");
}

int main(void) {
  struct itimerspec s, old;
  uint64_t n;
  int fd = NEED(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  CHECK("timerfd_create", "clocks and flags");
  say("%d %#x", fcntl(fd, F_GETFD), fcntl(fd, F_GETFL));
  int clocks[] = {CLOCK_REALTIME,
                  CLOCK_MONOTONIC,
                  CLOCK_BOOTTIME,
                  CLOCK_PROCESS_CPUTIME_ID,
                  CLOCK_MONOTONIC_RAW,
                  CLOCK_TAI,
                  -1,
                  99};
  for (int i = 0; i < 8; i++) OK(timerfd_create(clocks[i], 0));
  OK(timerfd_create(CLOCK_MONOTONIC, 1));
  CHECK("timerfd_gettime", "disarmed, armed, disarmed");
  NEED(timerfd_gettime(fd, &s));
  show("new", s);
  s = after(10000, 2500);
  NEED(timerfd_settime(fd, 0, &s, &old));
  show("old", old);
  NEED(timerfd_gettime(fd, &s));
  show("set", s);
  s = after(0, 5000);
  NEED(timerfd_settime(fd, 0, &s, &old));
  show("old", old);
  NEED(timerfd_gettime(fd, &s));
  show("disarmed", s);
  CHECK("timerfd_settime(TFD_TIMER_ABSTIME)", "a time that is past expires at once");
  s = (struct itimerspec){{0, 0}, {0, 1}};
  NEED(timerfd_settime(fd, TFD_TIMER_ABSTIME, &s, NULL));
  R(read(fd, &n, 8));
  say("%ld", (long)n);
  NEED(timerfd_gettime(fd, &s));
  show("expired", s);
  CHECK("timerfd_settime(TFD_TIMER_CANCEL_ON_SET)", "is taken for clocks that can be set");
  int real = NEED(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  s = (struct itimerspec){{0, 0}, {now.tv_sec + 100, 0}};
  R(timerfd_settime(real, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &s, NULL));
  R(read(real, &n, 8));
  s = after(10000, 0);
  R(timerfd_settime(real, TFD_TIMER_CANCEL_ON_SET, &s, NULL));
  R(timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &s, NULL));
  CHECK("timerfd_settime", "what is refused");
  R(timerfd_settime(fd, 4, &s, NULL));
  R(timerfd_settime(0, 0, &s, NULL));
  R(timerfd_settime(-1, 0, &s, NULL));
  R(timerfd_settime(fd, 0, NULL, NULL));
  s.it_value.tv_nsec = 1000000000;
  R(timerfd_settime(fd, 0, &s, NULL));
  s = after(10, 0);
  s.it_interval.tv_sec = -1;
  R(timerfd_settime(fd, 0, &s, NULL));
  R(timerfd_gettime(0, &s));
  R(timerfd_gettime(fd, NULL));
  CHECK("read", "sizes");
  R(read(fd, &n, 7));
  R(read(fd, &n, 8));
  R(write(fd, &n, 8));
  return 0;
}
