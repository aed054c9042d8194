// covers: timer_create timer_settime timer_gettime
// libs: -lrt -lpthread
// Timers over processor time.
#include "case.h"

static volatile sig_atomic_t fired;
static void handler(int signal UNUSED) {
  fired++;
}
static long long used_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}
static void *burn(void *unused UNUSED) {
  long long end = now_ms() + 10000;
  while (!fired && now_ms() < end) {
  }
  return NULL;
}
static timer_t make(clockid_t clock) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  timer_t id;
  NEED(timer_create(clock, &event, &id));
  return id;
}
static void start(timer_t id, int milliseconds) {
  fired = 0;
  struct itimerspec spec = {.it_value.tv_nsec = milliseconds * 1000000L};
  NEED(timer_settime(id, 0, &spec, NULL));
}
int main(void) {
  handle(SIGUSR1, handler, 0);
  CHECK("timer_create timer_settime", "fires when the process has used the time");
  timer_t id = make(CLOCK_PROCESS_CPUTIME_ID);
  long long before = used_ms(CLOCK_PROCESS_CPUTIME_ID);
  start(id, 50);
  burn(NULL);
  long long spent = used_ms(CLOCK_PROCESS_CPUTIME_ID) - before;
  R(fired);
  T(spent >= 49 && spent < 300);

  CHECK("timer_settime timer_gettime", "stands still while the process sleeps");
  start(id, 100);
  sleep_ms(300);
  R(fired);
  struct itimerspec left;
  R(timer_gettime(id, &left));
  T(left.it_value.tv_nsec > 50000000);

  CHECK("timer_create timer_settime", "counts what all threads use");
  start(id, 60);
  pthread_t thread;
  pthread_create(&thread, NULL, burn, NULL);
  pthread_join(thread, NULL);
  R(fired);

  CHECK("timer_create timer_settime", "one of a thread counts what that one uses");
  timer_t own = make(CLOCK_THREAD_CPUTIME_ID);
  start(own, 50);
  long long end = now_ms() + 300;
  fired = 0;
  pthread_create(&thread, NULL, (void *(*)(void *))sleep_ms, (void *)300L);
  pthread_join(thread, NULL);
  R(fired);
  T(now_ms() >= end - 10);
  burn(NULL);
  R(fired);

  CHECK("timer_settime(TIMER_ABSTIME)", "a point on the clock that has passed");
  fired = 0;
  struct itimerspec past = {.it_value.tv_nsec = 1000};
  R(timer_settime(id, TIMER_ABSTIME, &past, NULL));
  burn(NULL);
  R(fired);

  CHECK("timer_create", "clocks of other processes, and of nobody");
  clockid_t theirs;
  pid_t child = CHILD(sleep_ms(10000));
  NEED(clock_getcpuclockid(child, &theirs) == 0 ? 0 : -1);
  timer_t other = make(theirs);
  start(other, 10);
  sleep_ms(100);
  R(fired);
  R(timer_delete(other));
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  R(timer_create(theirs, NULL, &other));
  R(timer_create((clockid_t)-3, NULL, &other));
  R(timer_create((clockid_t)0x7fffffff, NULL, &other));
  return 0;
}
