// libs: -lrt
// Timers that signal.
#include "case.h"

static volatile int fired, value, code;
static void handler(int signal, siginfo_t *info, void *context) {
  fired++;
  code = info->si_code, value = info->si_value.sival_int;
}
static void wait_for(int count) {
  long long limit = now_ms() + 5000;
  while (fired < count && now_ms() < limit) sleep_ms(2);
}
int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGALRM, &action, NULL);
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGVTALRM, &action, NULL);
  CHECK("alarm", "the rest of the last one");
  R(alarm(100));
  R(alarm(0));
  R(alarm(0));
  CHECK("setitimer(ITIMER_REAL)", "periods");
  struct itimerval timer = {{0, 10000}, {0, 10000}}, old;
  R(setitimer(ITIMER_REAL, &timer, NULL));
  wait_for(3);
  T(fired >= 3);
  CHECK("setitimer getitimer(ITIMER_REAL)", "stopped");
  timer = (struct itimerval){0};
  R(setitimer(ITIMER_REAL, &timer, &old));
  T(old.it_interval.tv_usec == 10000 && old.it_value.tv_usec <= 10000);
  R(getitimer(ITIMER_REAL, &old));
  R(old.it_value.tv_usec + old.it_value.tv_sec);
  CHECK("setitimer", "times and timers that are refused");
  timer.it_value.tv_usec = 1000000;
  R(setitimer(ITIMER_REAL, &timer, NULL));
  R(setitimer(9, &old, NULL));
  CHECK("setitimer(ITIMER_VIRTUAL)", "time that was used");
  timer.it_value = (struct timeval){0, 20000};
  fired = 0;
  R(setitimer(ITIMER_VIRTUAL, &timer, NULL));
  long long limit = now_ms() + 5000;
  while (!fired && now_ms() < limit) {
  }
  R(fired);
  CHECK("timer_create(SIGEV_SIGNAL) timer_settime timer_gettime", "fires with its value");
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 31};
  timer_t id;
  R(timer_create(CLOCK_MONOTONIC, &event, &id));
  struct itimerspec spec = {.it_value = {0, 20000000}}, now;
  fired = 0;
  R(timer_settime(id, 0, &spec, NULL));
  R(timer_gettime(id, &now));
  T(now.it_value.tv_nsec > 0 && now.it_value.tv_nsec <= 20000000);
  wait_for(1);
  say("fired %d code %d value %d", fired, code, value);
  CHECK("timer_getoverrun timer_delete", "once");
  R(timer_getoverrun(id));
  R(timer_delete(id));
  R(timer_delete(id));
  CHECK("timer_create", "signals and clocks that are refused");
  event.sigev_signo = 999;
  R(timer_create(CLOCK_MONOTONIC, &event, &id));
  R(timer_create(12345, NULL, &id));
  CHECK("timer_create(SIGEV_NONE) timer_gettime", "runs silently");
  event.sigev_notify = SIGEV_NONE;
  event.sigev_signo = SIGUSR1;
  R(timer_create(CLOCK_REALTIME, &event, &id));
  spec.it_value = (struct timespec){100, 0};
  R(timer_settime(id, 0, &spec, NULL));
  NEED(timer_gettime(id, &now));
  T(now.it_value.tv_sec >= 98 && now.it_value.tv_sec <= 100);
  return 0;
}
