// Reading the state of the clock, and settings that nobody may make.
#include "case.h"

#include <sys/timex.h>
int main(void) {
  struct timex state = {0};
  CHECK("adjtimex", "read only");
  T(syscall(SYS_adjtimex, &state) >= 0);
  T(state.tick > 5000 && state.tick < 20000 && labs(state.time.tv_sec - time(NULL)) < 3);
  CHECK("clock_adjtime", "clocks");
  state = (struct timex){0};
  T(clock_adjtime(CLOCK_REALTIME, &state) >= 0);
  R(clock_adjtime(CLOCK_MONOTONIC, &state));
  R(clock_adjtime(99, &state));
  CHECK("clock_settime", "clocks that cannot be set, times that are none");
  struct timespec bad = {0, -1}, negative = {-1, 0}, good = {1, 0};
  R(clock_settime(CLOCK_MONOTONIC, &good));
  R(clock_settime(CLOCK_BOOTTIME, &good));
  R(clock_settime(99, &good));
  R(clock_settime(CLOCK_REALTIME, &bad));
  R(clock_settime(CLOCK_REALTIME, &negative));
  CHECK("settimeofday", "times that are none");
  struct timeval wrong = {0, 1000000};
  R(syscall(SYS_settimeofday, &wrong, NULL));
  CHECK("clock_getres", "every clock, and unknown ones");
  struct timespec resolution;
  int clocks[] = {CLOCK_REALTIME,          CLOCK_MONOTONIC,      CLOCK_PROCESS_CPUTIME_ID,
                  CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW,  CLOCK_BOOTTIME,
                  CLOCK_REALTIME_ALARM,    CLOCK_BOOTTIME_ALARM, CLOCK_TAI};
  for (int i = 0; i < 9; i++) {
    if (clocks[i] == CLOCK_REALTIME_ALARM || clocks[i] == CLOCK_BOOTTIME_ALARM) continue;
    int result = syscall(SYS_clock_getres, clocks[i], &resolution);
    say("%d: %d %ld %ld", clocks[i], result, (long)resolution.tv_sec, resolution.tv_nsec);
  }
  R(syscall(SYS_clock_getres, 99, &resolution));
  R(syscall(SYS_clock_getres, CLOCK_REALTIME, NULL));
  CHECK("clock_gettime", "of processes, by the call itself");
  struct timespec now;
  R(syscall(SYS_clock_gettime, CLOCK_TAI, &now));
  R(syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &now));
  R(syscall(SYS_clock_gettime, ~getpid() * 8 + 2, &now));
  R(syscall(SYS_clock_gettime, ~(1 << 20) * 8 + 2, &now));
  R(syscall(SYS_clock_gettime, -1, &now));
  CHECK("clock_nanosleep", "clocks and flags");
  struct timespec brief = {0, 1000000};
  R(clock_nanosleep(CLOCK_REALTIME, 0, &brief, NULL));
  R(clock_nanosleep(CLOCK_BOOTTIME, 0, &brief, NULL));
  R(clock_nanosleep(CLOCK_TAI, 0, &brief, NULL));
  R(clock_nanosleep(CLOCK_MONOTONIC_RAW, 0, &brief, NULL));
  R(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &brief, NULL));
  CHECK("nanosleep", "by the call itself");
  long long start = now_ms();
  struct timespec ten = {0, 10000000};
  R(syscall(SYS_nanosleep, &ten, NULL));
  T(now_ms() - start >= 9);
  R(syscall(SYS_nanosleep, &bad, NULL));
  return 0;
}
