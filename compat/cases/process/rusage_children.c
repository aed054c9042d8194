// A child's time is charged to its parent when it is waited for.
#include "case.h"

static void burn(int milliseconds) {
  struct timespec now;
  do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < milliseconds);
}
static long cpu(struct rusage *usage) {
  return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 +
         (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000;
}
int main(void) {
  CHECK("getrusage(RUSAGE_CHILDREN)", "nothing before the child is waited for");
  struct rusage usage;
  NEED(getrusage(RUSAGE_CHILDREN, &usage));
  long before = cpu(&usage);
  pid_t child = CHILD(burn(120));
  siginfo_t info;
  NEED(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  NEED(getrusage(RUSAGE_CHILDREN, &usage));
  T(cpu(&usage) == before);
  CHECK("wait4", "times and status of the child");
  struct rusage own;
  int status;
  T(wait4(child, &status, 0, &own) == child);
  T(cpu(&own) >= 100 && cpu(&own) < 2000);
  CHECK("getrusage(RUSAGE_CHILDREN)", "what the child used");
  NEED(getrusage(RUSAGE_CHILDREN, &usage));
  T(cpu(&usage) - before >= 100);
  CHECK("clock_gettime", "the clock of another process");
  clockid_t clock;
  child = CHILD({
    burn(60);
    for (;;) pause();
  });
  R(clock_getcpuclockid(child, &clock));
  struct timespec now = {0};
  long long limit = now_ms() + 5000;
  while (now_ms() < limit && now.tv_nsec < 50000000) NEED(clock_gettime(clock, &now));
  T(now.tv_nsec >= 50000000);
  kill(child, SIGKILL);
  reap("child", child);
  return 0;
}
