// Scheduling attributes, priorities of input and output, and who may be asked.
#include "case.h"

struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
  uint32_t util_min, util_max;
};
#define IOPRIO(class, level) ((class) << 13 | (level))
int main(void) {
  struct attributes attr = {0};
  struct sched_param param = {0};
  struct timespec slice = {9, 9};
  CHECK("sched_getattr", "own, sizes, processes");
  R(syscall(SYS_sched_getattr, 0, &attr, 56, 0));
  say("size %u policy %u nice %d priority %u", attr.size, attr.policy, attr.nice, attr.priority);
  R(syscall(SYS_sched_getattr, 0, &attr, 48, 0));
  R(syscall(SYS_sched_getattr, 0, &attr, 40, 0));
  R(syscall(SYS_sched_getattr, 0, &attr, 56, 1));
  R(syscall(SYS_sched_getattr, -1, &attr, 56, 0));
  R(syscall(SYS_sched_getattr, 1 << 29, &attr, 56, 0));
  R(syscall(SYS_sched_getattr, 0, NULL, 56, 0));
  CHECK("sched_setattr", "nice, policies and flags");
  attr = (struct attributes){.size = 48, .nice = 3};
  R(syscall(SYS_sched_setattr, 0, &attr, 0));
  R(getpriority(PRIO_PROCESS, 0));
  attr.policy = 77;
  R(syscall(SYS_sched_setattr, 0, &attr, 0));
  attr = (struct attributes){.size = 48, .flags = 1ULL << 40};
  R(syscall(SYS_sched_setattr, 0, &attr, 0));
  R(syscall(SYS_sched_setattr, 0, &attr, 1));
  R(syscall(SYS_sched_setattr, 1 << 29, &attr, 0));
  R(syscall(SYS_sched_setattr, 0, NULL, 0));
  CHECK("sched_rr_get_interval", "own, and none");
  R(sched_rr_get_interval(0, &slice));
  T(slice.tv_sec == 0 && slice.tv_nsec >= 0 && slice.tv_nsec < 1000000000);
  R(sched_rr_get_interval(-1, &slice));
  R(sched_rr_get_interval(1 << 29, &slice));
  CHECK("sched_setparam", "0 is all that SCHED_OTHER has");
  R(sched_setparam(0, &param));
  param.sched_priority = 1;
  R(sched_setparam(0, &param));
  param.sched_priority = -1;
  R(sched_setparam(0, &param));
  param.sched_priority = 0;
  R(sched_setparam(-1, &param));
  R(sched_setparam(1 << 29, &param));
  CHECK("sched_getparam", "none");
  R(sched_getparam(-1, &param));
  R(sched_getparam(1 << 29, &param));
  CHECK("sched_get_priority_max sched_get_priority_min", "every policy");
  for (int policy = 0; policy <= 7; policy++) {
    R(sched_get_priority_max(policy));
    R(sched_get_priority_min(policy));
  }
  CHECK("sched_setscheduler(SCHED_BATCH|SCHED_IDLE)", "policies without privileges");
  reap("child", CHILD({
         R(sched_setscheduler(0, SCHED_BATCH, &param));
         R(sched_getscheduler(0));
         R(sched_setscheduler(0, SCHED_IDLE, &param));
         R(sched_getscheduler(0));
         R(sched_setscheduler(0, -1, &param));
         R(sched_setscheduler(-1, SCHED_OTHER, &param));
         R(sched_setscheduler(1 << 29, SCHED_OTHER, &param));
       }));
  CHECK("sched_setaffinity sched_getaffinity", "one processor, inherited");
  reap("pinned", CHILD({
         cpu_set_t set;
         cpu_set_t one;
         NEED(sched_getaffinity(0, sizeof set, &set));
         int cpu = 0;
         while (!CPU_ISSET(cpu, &set)) cpu++;
         CPU_ZERO(&one);
         CPU_SET(cpu, &one);
         R(sched_setaffinity(0, sizeof one, &one));
         NEED(sched_getaffinity(0, sizeof set, &set));
         T(CPU_EQUAL(&set, &one));
         T(sched_getcpu() == cpu);
         reap("inner", CHILD({
                NEED(sched_getaffinity(0, sizeof set, &set));
                T(CPU_EQUAL(&set, &one));
              }));
       }));
  CHECK("sched_setaffinity", "sched_setaffinity: processes that are none");
  cpu_set_t all;
  CPU_ZERO(&all);
  CPU_SET(0, &all);
  R(sched_setaffinity(-1, sizeof all, &all));
  R(sched_setaffinity(1 << 29, sizeof all, &all));
  CHECK("ioprio_set ioprio_get", "set and read");
  R(syscall(SYS_ioprio_set, 1, 0, IOPRIO(2, 6)));
  R(syscall(SYS_ioprio_get, 1, 0));
  reap("inherited", CHILD(R(syscall(SYS_ioprio_get, 1, 0))));
  CHECK("ioprio_set", "classes, levels and processes that are refused");
  R(syscall(SYS_ioprio_set, 1, 0, IOPRIO(5, 0)));
  R(syscall(SYS_ioprio_set, 1, 0, IOPRIO(0, 3)));
  R(syscall(SYS_ioprio_set, 9, 0, IOPRIO(2, 4)));
  R(syscall(SYS_ioprio_set, 1, 1 << 29, IOPRIO(2, 4)));
  CHECK("ioprio_get", "ioprio_get: processes that are none");
  R(syscall(SYS_ioprio_get, 9, 0));
  R(syscall(SYS_ioprio_get, 1, 1 << 29));
  CHECK("setpriority getpriority", "groups and users");
  reap("group", CHILD({
         setpgid(0, 0);
         R(setpriority(PRIO_PGRP, 0, 7));
         R(getpriority(PRIO_PGRP, 0));
         R(getpriority(PRIO_PROCESS, 0));
         R(getpriority(PRIO_PGRP, 1 << 29));
         R(setpriority(PRIO_PROCESS, 1 << 29, 1));
         R(setpriority(9, 0, 1));
       }));
  if (geteuid() == 0) {
    CHECK("setpriority", "a user cannot go back");
    reap("user", CHILD({
           NEED(setuid(4444));
           R(setpriority(PRIO_PROCESS, 0, 9));
           R(setpriority(PRIO_PROCESS, 0, 8));
           R(setpriority(PRIO_PROCESS, getppid(), 12));
         }));
  }
  CHECK("sched_yield", "returns at once");
  for (int i = 0; i < 3; i++) R(sched_yield());
  return 0;
}
