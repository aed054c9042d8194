// covers: sched_getscheduler sched_getparam sched_getaffinity getpriority capget
// A zombie can still be asked about until it is waited for.
#include "case.h"

static void ask(pid_t pid) {
  struct sched_param param = {.sched_priority = 9};
  struct {
    uint32_t version;
    int pid;
  } header = {0x20080522, pid};
  struct {
    uint32_t effective, permitted, inheritable;
  } data[2];
  cpu_set_t cpus;
  R(sched_getscheduler(pid));
  R(sched_getparam(pid, &param));
  R(param.sched_priority);
  OK(sched_getaffinity(pid, sizeof cpus, &cpus));
  errno = 0;
  int nice = getpriority(PRIO_PROCESS, pid);
  say("nice as ours %d, %s", nice == getpriority(PRIO_PROCESS, 0), errno ? errno_name(errno) : "ok");
  R(syscall(SYS_capget, &header, data));
  OK(getpgid(pid));
}
int main(void) {
  pid_t child = CHILD(_exit(0));
  siginfo_t info;
  NEED(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  CHECK("sched_getscheduler sched_getparam sched_getaffinity getpriority capget", "of a zombie");
  ask(child);
  CHECK("sched_getscheduler sched_getparam getpriority capget", "of one that is gone");
  reap("child", child);
  ask(child);
  return 0;
}
