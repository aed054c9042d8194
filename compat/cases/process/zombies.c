// A dead child stays until it is waited for, unless SIGCHLD is ignored.
#include "case.h"

static char state(pid_t pid) {
  char path[64];
  sprintf(path, "/proc/%d/stat", pid);
  const char *text = get(path), *end = strrchr(text, ')');
  return end ? end[2] : '-';
}
static void dead(pid_t pid) {
  siginfo_t info;
  NEED(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
}
int main(void) {
  CHECK("wait4 kill", "a zombie can be signalled until it is waited for");
  pid_t child = CHILD(_exit(3));
  dead(child);
  say("state %c", state(child));
  R(kill(child, 0));
  R(kill(child, SIGKILL));
  R(getpgid(child) == getpgrp());
  reap("child", child);
  say("state %c", state(child));
  R(kill(child, 0));
  CHECK("rt_sigaction(SIG_IGN)", "an ignored SIGCHLD leaves no zombies");
  signal(SIGCHLD, SIG_IGN);
  child = CHILD(_exit(3));
  R(wait(NULL));
  R(kill(child, 0));
  CHECK("rt_sigaction(SA_NOCLDWAIT)", "leaves no zombies");
  signal(SIGCHLD, SIG_DFL);
  struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
  NEED(sigaction(SIGCHLD, &action, NULL));
  CHILD(_exit(3));
  CHILD(_exit(3));
  R(wait(NULL));
  CHECK("rt_sigaction(SIG_IGN)", "zombies from before stay");
  signal(SIGCHLD, SIG_DFL);
  child = CHILD(_exit(4));
  dead(child);
  signal(SIGCHLD, SIG_IGN);
  reap("zombie from before", child);
  return 0;
}
