// Clocks move forward and agree with each other; sleeping takes its time.
#include "case.h"

#include <sys/times.h>
int main(void) {
  CHECK("clock_gettime clock_getres", "no clock goes backwards");
  int ids[] = {CLOCK_REALTIME,      CLOCK_MONOTONIC,       CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
               CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE,   CLOCK_BOOTTIME};
  for (int i = 0; i < 8; i++) {
    struct timespec a, b, resolution;
    NEED(clock_gettime(ids[i], &a));
    bool backwards = false;
    for (int k = 0; k < 1000; k++) {
      NEED(clock_gettime(ids[i], &b));
      backwards |= b.tv_sec < a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec < a.tv_nsec);
      a = b;
    }
    NEED(clock_getres(ids[i], &resolution));
    say("clock %d: backwards %d, resolution under 20 ms %d", ids[i], backwards,
        resolution.tv_nsec < 20000000);
  }
  CHECK("clock_gettime gettimeofday time", "agree");
  struct timespec ts;
  struct timeval tv;
  R(clock_gettime(99, &ts));
  R(clock_gettime(CLOCK_REALTIME, &ts));
  R(gettimeofday(&tv, NULL));
  T(labs(ts.tv_sec - tv.tv_sec) <= 1 && labs(time(NULL) - tv.tv_sec) <= 1);
  CHECK("clock_nanosleep", "as nanosleep calls it");
  long long start = now_ms();
  struct timespec time = {0, 30000000};
  R(nanosleep(&time, NULL));
  T(now_ms() - start >= 29);
  CHECK("clock_nanosleep(TIMER_ABSTIME)", "a time that is past");
  clock_gettime(CLOCK_MONOTONIC, &time);
  time.tv_sec -= 5;
  R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL));
  CHECK("clock_nanosleep", "times and clocks that are refused");
  time = (struct timespec){0, 1000000000};
  R(nanosleep(&time, NULL));
  time = (struct timespec){-1, 0};
  R(nanosleep(&time, NULL));
  R(clock_nanosleep(99, 0, &time, NULL));
  CHECK("getrusage(RUSAGE_SELF|RUSAGE_THREAD)", "time that was used");
  start = now_ms();
  volatile long spin = 0;
  while (now_ms() - start < 60) spin++;
  struct rusage usage;
  R(getrusage(RUSAGE_SELF, &usage));
  T(usage.ru_utime.tv_sec * 1000000L + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec > 5000 &&
    usage.ru_maxrss > 100);
  R(getrusage(RUSAGE_THREAD, &usage));
  R(getrusage(77, &usage));
  CHECK("times", "agrees");
  struct tms tms;
  T(times(&tms) != -1 && tms.tms_cutime == 0);
  return 0;
}
