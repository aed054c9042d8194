// One-shot and periodic timers read as counts.
#include "case.h"

#include <sys/timerfd.h>
int main(void) {
  CHECK("timerfd_create(TFD_NONBLOCK|TFD_CLOEXEC)", "nothing at first");
  int fd = NEED(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  uint64_t count;
  R(read(fd, &count, 8));
  CHECK("timerfd_settime timerfd_gettime", "expires once");
  struct itimerspec spec = {.it_value = {0, 20000000}}, old;
  R(timerfd_settime(fd, 0, &spec, NULL));
  R(timerfd_gettime(fd, &old));
  T(old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 20000000 && old.it_value.tv_sec == 0);
  struct pollfd poller = {fd, POLLIN, 0};
  R(poll(&poller, 1, 5000));
  R(read(fd, &count, 8));
  R(count);
  R(read(fd, &count, 8));
  NEED(timerfd_gettime(fd, &old));
  T(old.it_value.tv_sec == 0 && old.it_value.tv_nsec == 0);
  CHECK("timerfd_settime", "periods");
  spec = (struct itimerspec){{0, 10000000}, {0, 10000000}};
  R(timerfd_settime(fd, 0, &spec, NULL));
  sleep_ms(55);
  R(read(fd, &count, 8));
  T(count >= 5);
  R(read(fd, &count, 4));
  CHECK("timerfd_settime", "stopped");
  spec = (struct itimerspec){0};
  R(timerfd_settime(fd, 0, &spec, &old));
  T(old.it_interval.tv_nsec == 10000000);
  R(poll(&poller, 1, 30));
  CHECK("timerfd_settime(TFD_TIMER_ABSTIME)", "a time that is past");
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  spec.it_value = now;
  R(timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL));
  R(poll(&poller, 1, 1000));
  CHECK("timerfd_settime timerfd_create write", "what they refuse");
  spec.it_value.tv_nsec = 1000000000;
  R(timerfd_settime(fd, 0, &spec, NULL));
  R(timerfd_settime(fd, 0x10, &spec, NULL));
  R(timerfd_settime(0, 0, &spec, NULL));
  R(timerfd_create(99, 0));
  R(timerfd_create(CLOCK_REALTIME, 1));
  R(write(fd, &count, 8));
  return 0;
}
