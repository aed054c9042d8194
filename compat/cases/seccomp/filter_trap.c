// SECCOMP_RET_TRAP: SIGSYS and what it tells.
#include "seccomp.h"

#include <ucontext.h>

static volatile int caught, code, number, reason;
static volatile unsigned arch;
static volatile long result_register;
static volatile int at_caller;

static void trapped(int sig, siginfo_t *info, void *context) {
  ucontext_t *uc = context;
  caught++;
  code = info->si_code;
  number = info->si_syscall;
  arch = info->si_arch;
  reason = info->si_errno;
  result_register = uc->uc_mcontext.gregs[REG_RAX];
  at_caller = info->si_call_addr == (void *)uc->uc_mcontext.gregs[REG_RIP];
  T(sig == SIGSYS && info->si_signo == SIGSYS);
  uc->uc_mcontext.gregs[REG_RAX] = 4711;
}

static void catch_it(void) {
  struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
  NEED(sigaction(SIGSYS, &action, NULL));
}

static void show(long nr, long value) {
  say("value %ld, caught %d, code %d", value, caught, code);
  T(number == nr);
  T(arch == AUDIT_ARCH_X86_64);
  say("reason %d", reason);
  T(result_register == nr);
  T(at_caller);
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "what a handler is told");
  FILTERED("child", {
    catch_it();
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_TRAP | 99)));
    show(SYS_getppid, syscall(SYS_getppid, 1, 2, 3));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "for calls that wait, make processes or give up the processor");
  FILTERED("child", {
    catch_it();
    NEED(ADD(0, LOAD_NR, ON(SYS_sched_yield, SECCOMP_RET_TRAP | 1), ON(SYS_fork, SECCOMP_RET_TRAP | 2),
             ON(SYS_ppoll, SECCOMP_RET_TRAP | 3), ON(SYS_munmap, SECCOMP_RET_TRAP | 4),
             ON(SYS_execve, SECCOMP_RET_TRAP | 5), ALLOW));
    show(SYS_sched_yield, syscall(SYS_sched_yield));
    show(SYS_fork, syscall(SYS_fork));
    show(SYS_ppoll, syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0));
    show(SYS_munmap, syscall(SYS_munmap, NULL, 4096));
    show(SYS_execve, syscall(SYS_execve, "/bin/true", NULL, NULL));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "nobody catches it, or nobody can");
  FILTERED("default", {
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_TRAP)));
    syscall(SYS_getppid);
  });
  FILTERED("ignored", {
    signal(SIGSYS, SIG_IGN);
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_TRAP)));
    syscall(SYS_getppid);
  });
  FILTERED("blocked", {
    catch_it();
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGSYS);
    sigprocmask(SIG_BLOCK, &set, NULL);
    NEED(ADD(0, LOAD_NR, ON(SYS_getppid, SECCOMP_RET_TRAP), ON(SYS_sched_yield, SECCOMP_RET_TRAP), ALLOW));
    syscall(SYS_sched_yield);
  });
  FILTERED("trapped in its own handler", {
    catch_it();
    NEED(ADD(0, LOAD_NR, ON(SYS_write, SECCOMP_RET_TRAP), ON(SYS_getppid, SECCOMP_RET_TRAP), ALLOW));
    syscall(SYS_getppid);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "a signal of somebody's own is told as that");
  FILTERED("child", {
    catch_it();
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_TRAP)));
    kill(getpid(), SIGSYS);
    say("code %d", code);
    syscall(SYS_getppid);
    say("code %d", code);
    raise(SIGSYS);
    say("code %d", code);
  });
  return 0;
}
