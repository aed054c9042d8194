// libs: -lrt
// Timers by absolute times, for threads, counted when they are late; and what they refuse.
#include "case.h"

#include <sys/timerfd.h>
static volatile int missed;
static void late(int signal, siginfo_t *info, void *context) {
  if (info->si_overrun > missed) missed = info->si_overrun;
}
int main(void) {
  sigset_t set;
  siginfo_t info = {0};
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGALRM);
  sigprocmask(SIG_BLOCK, &set, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 8};
  struct itimerspec spec = {0}, old = {0};
  struct timespec now, limit = {2, 0};
  timer_t id;
  CHECK("timer_create timer_settime(TIMER_ABSTIME)", "a time to come, and one that is past");
  R(timer_create(CLOCK_MONOTONIC, &event, &id));
  clock_gettime(CLOCK_MONOTONIC, &now);
  spec.it_value = now;
  R(timer_settime(id, TIMER_ABSTIME, &spec, NULL));
  T(sigtimedwait(&set, &info, &limit) == SIGUSR1 && info.si_value.sival_int == 8 && info.si_code == SI_TIMER);
  spec.it_value.tv_nsec += 10000000;
  if (spec.it_value.tv_nsec >= 1000000000) spec.it_value.tv_sec++, spec.it_value.tv_nsec -= 1000000000;
  R(timer_settime(id, TIMER_ABSTIME, &spec, NULL));
  T(sigtimedwait(&set, &info, &limit) == SIGUSR1);
  CHECK("timer_getoverrun", "expirations that were missed");
  spec = (struct itimerspec){{0, 1000000}, {0, 1000000}};
  R(timer_settime(id, 0, &spec, NULL));
  sleep_ms(60);
  struct sigaction action = {.sa_sigaction = late, .sa_flags = SA_SIGINFO};
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, SIGUSR1);
  NEED(sigaction(SIGUSR1, &action, NULL));
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  sigprocmask(SIG_BLOCK, &only, NULL);
  T(missed >= 5);
  T(timer_getoverrun(id) >= 0);
  CHECK("timer_settime timer_gettime", "stopped; the rest of the last one");
  spec = (struct itimerspec){{0, 0}, {500, 0}};
  R(timer_settime(id, 0, &spec, NULL));
  while (sigtimedwait(&set, &info, &(struct timespec){0, 0}) > 0) {
  }
  spec = (struct itimerspec){0};
  R(timer_settime(id, 0, &spec, &old));
  T(old.it_value.tv_sec >= 498 && old.it_value.tv_sec <= 500 && old.it_interval.tv_nsec == 0);
  R(timer_gettime(id, &old));
  T(old.it_value.tv_sec == 0 && old.it_value.tv_nsec == 0);
  CHECK("timer_settime", "times and timers that are refused");
  spec.it_value.tv_nsec = 1000000000;
  R(timer_settime(id, 0, &spec, NULL));
  spec.it_value.tv_nsec = 1;
  R(syscall(SYS_timer_settime, 12345, 0, &spec, NULL));
  R(syscall(SYS_timer_settime, id, 0, NULL, NULL));
  CHECK("timer_gettime timer_getoverrun timer_delete", "no timer");
  R(syscall(SYS_timer_gettime, 12345, &old));
  R(syscall(SYS_timer_getoverrun, 12345));
  R(syscall(SYS_timer_delete, 12345));
  CHECK("timer_delete", "nothing more comes");
  spec = (struct itimerspec){{0, 0}, {0, 5000000}};
  R(timer_settime(id, 0, &spec, NULL));
  R(timer_delete(id));
  limit = (struct timespec){0, 20000000};
  R(sigtimedwait(&set, &info, &limit));
  CHECK("timer_create(SIGEV_THREAD_ID)", "own threads, and others'");
  event.sigev_notify = SIGEV_SIGNAL | 4;
  event._sigev_un._tid = syscall(SYS_gettid);
  R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id));
  event._sigev_un._tid = 1 << 29;
  R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id));
  CHECK("timer_create", "without an event it is SIGALRM");
  int number = -1;
  R(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &number));
  spec = (struct itimerspec){{0, 0}, {0, 1000000}};
  R(syscall(SYS_timer_settime, number, 0, &spec, NULL));
  limit = (struct timespec){2, 0};
  T(sigtimedwait(&set, &info, &limit) == SIGALRM && info.si_value.sival_int == number);
  CHECK("timer_create", "a child has none of its parent's");
  reap("child", CHILD(R(syscall(SYS_timer_gettime, number, &old))));
  CHECK("setitimer getitimer(ITIMER_PROF|ITIMER_VIRTUAL)", "read back, stopped");
  struct itimerval value = {{3, 0}, {500, 0}}, back = {0};
  R(setitimer(ITIMER_PROF, &value, NULL));
  R(getitimer(ITIMER_PROF, &back));
  T(back.it_value.tv_sec >= 498 && back.it_interval.tv_sec == 3);
  value = (struct itimerval){0};
  R(setitimer(ITIMER_PROF, &value, NULL));
  R(getitimer(9, &back));
  CHECK("timerfd_gettime", "the rest, and what is no timer");
  int fd = NEED(timerfd_create(CLOCK_REALTIME, 0));
  spec = (struct itimerspec){{7, 0}, {500, 0}};
  R(timerfd_settime(fd, 0, &spec, NULL));
  R(timerfd_gettime(fd, &old));
  T(old.it_value.tv_sec >= 498 && old.it_interval.tv_sec == 7);
  R(timerfd_gettime(0, &old));
  R(timerfd_gettime(-1, &old));
  CHECK("timerfd_settime(TFD_TIMER_CANCEL_ON_SET)", "a time of the wall clock");
  clock_gettime(CLOCK_REALTIME, &now);
  spec = (struct itimerspec){{0, 0}, {now.tv_sec - 1, 0}};
  R(timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL));
  uint64_t count = 0;
  R(read(fd, &count, 8));
  R(count);
  CHECK("timerfd_create", "clocks");
  OK(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC));
  R(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
  R(timerfd_create(CLOCK_TAI, 0));
  return 0;
}
