// Filters and signals: handlers, waits that are interrupted and made again, timers.
#include "seccomp.h"

static volatile sig_atomic_t seen;
static void handler(int sig) {
  seen = sig;
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "a wait that is interrupted");
  FILTERED("child", {
    int ends[2];
    char byte;
    NEED(pipe(ends));
    NEED(ADD(0, LOAD_ARG(5), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x5eccc0, 0, 1),
             RET(SECCOMP_RET_ERRNO | EDOM), ALLOW));
    handle(SIGALRM, handler, 0);
    struct itimerval soon = {{0, 0}, {0, 50000}};
    NEED(setitimer(ITIMER_REAL, &soon, NULL));
    R(read(ends[0], &byte, 1));
    T(seen == SIGALRM);
    NEED(setitimer(ITIMER_REAL, &soon, NULL));
    struct timespec longer = {10, 0};
    R(syscall(SYS_nanosleep, &longer, NULL, 0, 0, 0, 0));
    NEED(setitimer(ITIMER_REAL, &soon, NULL));
    R(syscall(SYS_pause, 0, 0, 0, 0, 0, 0));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "a wait that is made again");
  FILTERED("child", {
    struct gate gate = new_gate();
    char byte = 0;
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)));
    handle(SIGUSR1, handler, SA_RESTART);
    pid_t parent = getpid();
    pid_t child = CHILD({
      sleep_ms(50);
      kill(parent, SIGUSR1);
      sleep_ms(50);
      tell(gate);
    });
    R(read(gate.end[0], &byte, 1));
    T(seen == SIGUSR1);
    reap("grandchild", child);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) rt_sigtimedwait", "waiting for signals, and forbidden to");
  FILTERED("child", {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR2);
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)));
    struct timespec none = {0, 0};
    T(sigtimedwait(&set, NULL, &none) == SIGUSR2);
    R(sigtimedwait(&set, NULL, &none));
    raise(SIGUSR2);
    NEED(ADD(0, ONE(SYS_rt_sigtimedwait, SECCOMP_RET_ERRNO | EDOM)));
    R(sigtimedwait(&set, NULL, &none));
    sigset_t pending;
    sigpending(&pending);
    T(sigismember(&pending, SIGUSR2));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "a handler that may not return");
  FILTERED("child", {
    handle(SIGUSR1, handler, 0);
    NEED(ADD(0, ONE(SYS_rt_sigreturn, SECCOMP_RET_KILL_PROCESS)));
    raise(SIGUSR1);
    say("came back");
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) signalfd4", "signals are read though they may not be waited for");
  FILTERED("child", {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = NEED(syscall(SYS_signalfd4, -1, &set, 8, 0));
    NEED(ADD(0, ONE(SYS_rt_sigtimedwait, SECCOMP_RET_KILL_PROCESS)));
    raise(SIGUSR2);
    char info[128];
    R(read(fd, info, sizeof info));
  });
  return 0;
}
