// tags: efault
// Bad pointers to the calls about processes, time and the rest.
#include "case.h"

int main(void) {
  pid_t child = CHILD(_exit(3));
  siginfo_t info;
  NEED(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  BAD_POINTERS("waitid", 4, syscall(SYS_waitid, P_ALL, 0, bad, WEXITED | WNOWAIT, 0));
  CHECK("wait4", "bad pointers; the child is gone after the first");
  R(syscall(SYS_wait4, child, 8, 0, 0));
  R(syscall(SYS_wait4, child, 8, 0, 0));
  BAD_POINTERS("nanosleep", 4, syscall(SYS_nanosleep, bad, 0));
  BAD_POINTERS("clock_nanosleep", 4, syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, bad, 0));
  BAD_POINTERS("clock_gettime", 4, syscall(SYS_clock_gettime, CLOCK_REALTIME, bad));
  BAD_POINTERS("clock_getres", 4, syscall(SYS_clock_getres, CLOCK_REALTIME, bad));
  BAD_POINTERS("gettimeofday", 4, syscall(SYS_gettimeofday, bad, 0));
  BAD_POINTERS("time", 4, syscall(SYS_time, bad));
  BAD_POINTERS("rt_sigaction", 4, syscall(SYS_rt_sigaction, SIGUSR1, bad, 0, 8));
  BAD_POINTERS("rt_sigaction", 4, syscall(SYS_rt_sigaction, SIGUSR1, 0, bad, 8));
  BAD_POINTERS("rt_sigprocmask", 4, syscall(SYS_rt_sigprocmask, SIG_BLOCK, bad, 0, 8));
  BAD_POINTERS("rt_sigpending", 4, syscall(SYS_rt_sigpending, bad, 8));
  BAD_POINTERS("rt_sigtimedwait", 4, syscall(SYS_rt_sigtimedwait, bad, 0, 0, 8));
  BAD_POINTERS("rt_sigsuspend", 4, syscall(SYS_rt_sigsuspend, bad, 8));
  BAD_POINTERS("rt_sigqueueinfo", 4, syscall(SYS_rt_sigqueueinfo, getpid(), 0, bad));
  BAD_POINTERS("sigaltstack", 4, syscall(SYS_sigaltstack, bad, 0));
  BAD_POINTERS("getrlimit", 5, syscall(SYS_getrlimit, RLIMIT_NOFILE, bad));
  BAD_POINTERS("setrlimit", 4, syscall(SYS_setrlimit, RLIMIT_NOFILE, bad));
  BAD_POINTERS("prlimit64", 5, syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, bad));
  BAD_POINTERS("getrusage", 5, syscall(SYS_getrusage, RUSAGE_SELF, bad));
  BAD_POINTERS("uname", 5, syscall(SYS_uname, bad));
  BAD_POINTERS("sysinfo", 5, syscall(SYS_sysinfo, bad));
  BAD_POINTERS("times", 5, syscall(SYS_times, bad));
  BAD_POINTERS("getitimer", 4, syscall(SYS_getitimer, ITIMER_REAL, bad));
  BAD_POINTERS("setitimer", 4, syscall(SYS_setitimer, ITIMER_REAL, bad, 0));
  BAD_POINTERS("timer_create", 4, syscall(SYS_timer_create, CLOCK_MONOTONIC, bad, bad));
  BAD_POINTERS("timerfd_settime", 4,
               syscall(SYS_timerfd_settime, syscall(SYS_timerfd_create, 1, 0), 0, bad, 0));
  BAD_POINTERS("sched_getaffinity", 4, syscall(SYS_sched_getaffinity, 0, 128, bad));
  BAD_POINTERS("sched_setaffinity", 4, syscall(SYS_sched_setaffinity, 0, 8, bad));
  BAD_POINTERS("sched_getparam", 4, syscall(SYS_sched_getparam, 0, bad));
  BAD_POINTERS("sched_setparam", 4, syscall(SYS_sched_setparam, 0, bad));
  BAD_POINTERS("sched_setscheduler", 4, syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, bad));
  BAD_POINTERS("getresuid", 5, syscall(SYS_getresuid, bad, bad, bad));
  BAD_POINTERS("getresgid", 5, syscall(SYS_getresgid, bad, bad, bad));
  BAD_POINTERS("prctl(PR_SET_NAME)", 4, syscall(SYS_prctl, PR_SET_NAME, bad));
  BAD_POINTERS("prctl(PR_GET_NAME)", 4, syscall(SYS_prctl, PR_GET_NAME, bad));
  BAD_POINTERS("prctl(PR_GET_PDEATHSIG)", 4, syscall(SYS_prctl, PR_GET_PDEATHSIG, bad));
  BAD_POINTERS("execve", 4, syscall(SYS_execve, bad, 0, 0));
  BAD_POINTERS("execveat", 4, syscall(SYS_execveat, AT_FDCWD, bad, 0, 0, 0));
  BAD_POINTERS("clone3", 4, syscall(SYS_clone3, bad, 88));
  BAD_POINTERS("capget", 4, syscall(SYS_capget, bad, bad));
  BAD_POINTERS("capset", 4, syscall(SYS_capset, bad, bad));
  BAD_POINTERS("arch_prctl(ARCH_GET_FS)", 4, syscall(SYS_arch_prctl, 0x1003, bad));
  BAD_POINTERS("getrandom", 5, syscall(SYS_getrandom, bad, 8, 0));
  BAD_POINTERS("getgroups", 4,
               getgroups(0, NULL) ? syscall(SYS_getgroups, 65536, bad) : (errno = EFAULT, -1));
  BAD_POINTERS("memfd_create", 4, syscall(SYS_memfd_create, bad, 0));
  BAD_POINTERS("futex", 4, syscall(SYS_futex, bad, 0, 0, 0, 0, 0));
  BAD_POINTERS("get_robust_list", 4, syscall(SYS_get_robust_list, 0, bad, bad));
  BAD_POINTERS("process_vm_readv", 4, syscall(SYS_process_vm_readv, getpid(), bad, 1, bad, 1, 0));
  return 0;
}
