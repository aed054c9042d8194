// covers: prctl adjtimex
// Settings of a thread that the processor and the clocks carry out.
#include "case.h"

#include <sys/timex.h>

static void ticks(void) {
  __builtin_ia32_rdtsc();
}
int main(void) {
  int mode = -1;
  CHECK("prctl(PR_SET_TSC, PR_GET_TSC)", "the time stamp counter can be forbidden");
  R(prctl(PR_GET_TSC, &mode));
  R(mode);
  reap("child", CHILD({
         NEED(prctl(PR_SET_TSC, PR_TSC_SIGSEGV));
         ticks();
       }));
  R(prctl(PR_SET_TSC, 9));
  CHECK("prctl(PR_SET_TIMERSLACK)", "the default is what the parent had");
  R(prctl(PR_SET_TIMERSLACK, 70000));
  reap("child", CHILD({
         R(prctl(PR_GET_TIMERSLACK));
         R(prctl(PR_SET_TIMERSLACK, 1234));
         say("%s", get("/proc/self/timerslack_ns"));
         R(prctl(PR_SET_TIMERSLACK, 0));
         R(prctl(PR_GET_TIMERSLACK));
       }));
  R(prctl(PR_SET_TIMERSLACK, 0));
  R(prctl(PR_GET_TIMERSLACK));
  CHECK("adjtimex", "what is wrong by itself, and what anybody may ask");
  struct timex timex = {.modes = 0x8000};
  R(adjtimex(&timex));
  timex.modes = ADJ_OFFSET_SS_READ;
  T(adjtimex(&timex) >= 0);
  return 0;
}
