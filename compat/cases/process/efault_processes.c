// covers: wait4 clone futex nanosleep rt_sigaction getrlimit uname socketpair epoll_ctl setgroups
// Bad pointers to the calls about processes, time and the rest.
#include "case.h"

int main(void) {
  long bad[] = {8, -4096, (long)0xffff800000000000UL};
  for (int i = 0; i < 3; i++) {
    long b = bad[i];
    say("pointer %d", i);
    pid_t child = CHILD(_exit(3));
    siginfo_t info;
    NEED(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    R(syscall(SYS_wait4, child, b, 0, 0));
    R(syscall(SYS_wait4, child, 0, WNOHANG, 0));
    R(syscall(SYS_nanosleep, b, 0));
    R(syscall(SYS_clock_gettime, CLOCK_REALTIME, b) == -1 || errno == 0);
    R(syscall(SYS_rt_sigaction, SIGUSR1, b, 0, 8));
    R(syscall(SYS_rt_sigaction, SIGUSR1, 0, b, 8));
    R(syscall(SYS_rt_sigprocmask, SIG_BLOCK, b, 0, 8));
    R(syscall(SYS_rt_sigpending, b, 8));
    R(syscall(SYS_rt_sigtimedwait, b, 0, 0, 8));
    R(syscall(SYS_rt_sigsuspend, b, 8));
    R(syscall(SYS_sigaltstack, b, 0));
    R(syscall(SYS_getrlimit, RLIMIT_NOFILE, b));
    R(syscall(SYS_setrlimit, RLIMIT_NOFILE, b));
    R(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, b));
    R(syscall(SYS_getrusage, RUSAGE_SELF, b));
    R(syscall(SYS_uname, b));
    R(syscall(SYS_times, b));
    R(syscall(SYS_getitimer, ITIMER_REAL, b));
    R(syscall(SYS_timer_create, CLOCK_MONOTONIC, b, b));
    R(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, b));
    R(syscall(SYS_sched_getaffinity, 0, 128, b));
    R(syscall(SYS_getresuid, b, b, b));
    R(syscall(SYS_prctl, PR_SET_NAME, b));
    R(syscall(SYS_prctl, PR_GET_PDEATHSIG, b));
    R(syscall(SYS_execve, b, 0, 0));
    R(syscall(SYS_clone3, b, 88));
    R(syscall(SYS_epoll_ctl, 0, 1, 0, b));
    R(syscall(SYS_capget, b, b));
    R(syscall(SYS_arch_prctl, 0x1003, b));
  }
  return 0;
}
