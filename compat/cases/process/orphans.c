// Orphans go to a subreaper when there is one; a death signal tells of the parent's end.
#include "case.h"

static volatile int died;
static void got(int signal) {
  died = 1;
}
int main(void) {
  CHECK("prctl(PR_SET_CHILD_SUBREAPER|PR_GET_CHILD_SUBREAPER)", "set and read");
  R(prctl(PR_SET_CHILD_SUBREAPER, 1));
  int value = 0;
  R(prctl(PR_GET_CHILD_SUBREAPER, &value));
  R(value);
  pid_t self_pid = getpid();
  CHECK("prctl(PR_SET_CHILD_SUBREAPER) getppid", "gets the orphans");
  struct gate gone = new_gate();
  pid_t child = CHILD({
    CHILD({
      await(gone);
      T(getppid() == self_pid);
      _exit(33);
    });
    _exit(1);
  });
  reap("child", child);
  tell(gone);
  int status;
  T(wait(&status) > 0);
  say_status("grandchild", status);
  CHECK("prctl(PR_SET_PDEATHSIG)", "a signal when the parent ends");
  struct gate ready = new_gate();
  child = CHILD({
    CHILD({
      handle(SIGUSR2, got, 0);
      R(prctl(PR_SET_PDEATHSIG, SIGUSR2));
      int set;
      prctl(PR_GET_PDEATHSIG, &set);
      T(set == SIGUSR2);
      tell(ready);
      for (int i = 0; i < 1000 && !died; i++) sleep_ms(10);
      _exit(died ? 44 : 45);
    });
    await(ready);
    _exit(2);
  });
  reap("child", child);
  T(wait(&status) > 0);
  say_status("grandchild", status);
  CHECK("prctl(PR_GET_CHILD_SUBREAPER)", "is not inherited");
  reap("not inherited", CHILD({
         prctl(PR_GET_CHILD_SUBREAPER, &value);
         R(value);
       }));
  CHECK("prctl", "signals and operations that are unknown");
  R(prctl(PR_SET_PDEATHSIG, 999));
  R(prctl(12345, 0));
  return 0;
}
