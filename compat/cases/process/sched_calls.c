// Scheduling: the basics, and what is refused.
#include "case.h"

int main(void) {
  cpu_set_t set;
  CHECK("sched_yield", "sched_yield: returns");
  R(sched_yield());
  CHECK("sched_getaffinity", "processors, sizes, processes");
  CPU_ZERO(&set);
  R(sched_getaffinity(0, sizeof set, &set));
  T(CPU_COUNT(&set) == sysconf(_SC_NPROCESSORS_ONLN));
  R(sched_getaffinity(0, 1, &set));
  R(sched_getaffinity(1 << 29, sizeof set, &set));
  CHECK("sched_setaffinity", "the same set, an empty one");
  R(sched_setaffinity(0, sizeof set, &set));
  cpu_set_t none;
  CPU_ZERO(&none);
  R(sched_setaffinity(0, sizeof none, &none));
  CHECK("getcpu", "getcpu: returns");
  unsigned cpu, node;
  R(getcpu(&cpu, &node));
  CHECK("sched_getscheduler", "own, and none");
  R(sched_getscheduler(0));
  R(sched_getscheduler(-1));
  R(sched_getscheduler(1 << 29));
  CHECK("sched_getparam", "own");
  struct sched_param param = {5};
  R(sched_getparam(0, &param));
  R(param.sched_priority);
  CHECK("sched_setscheduler", "policies and priorities");
  R(sched_setscheduler(0, SCHED_BATCH, &param));
  R(sched_getscheduler(0));
  R(sched_setscheduler(0, SCHED_OTHER, &param));
  R(sched_setscheduler(0, 99, &param));
  param.sched_priority = 5;
  R(sched_setscheduler(0, SCHED_OTHER, &param));
  CHECK("sched_get_priority_max sched_get_priority_min", "by policy");
  R(sched_get_priority_max(SCHED_FIFO));
  R(sched_get_priority_min(SCHED_RR));
  R(sched_get_priority_max(SCHED_OTHER));
  R(sched_get_priority_max(99));
  CHECK("getpriority setpriority", "own, inherited, beyond the range");
  R(getpriority(PRIO_PROCESS, 0));
  R(setpriority(PRIO_PROCESS, 0, 5));
  R(getpriority(PRIO_PROCESS, 0));
  R(setpriority(PRIO_PROCESS, 0, 100));
  R(getpriority(PRIO_PROCESS, 0));
  reap("child", CHILD(R(getpriority(PRIO_PROCESS, 0))));
  CHECK("getpriority", "what is unknown");
  R(getpriority(99, 0));
  R(getpriority(PRIO_PROCESS, 1 << 29));
  return 0;
}
