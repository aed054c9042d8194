// Several filters: the strictest action wins, and of equals the newest.
#include "seccomp.h"

static const struct {
  const char *name;
  unsigned value;
} actions[] = {
    {"KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
    {"KILL_THREAD", SECCOMP_RET_KILL_THREAD},
    {"TRAP", SECCOMP_RET_TRAP | 5},
    {"ERRNO", SECCOMP_RET_ERRNO | EDOM},
    {"USER_NOTIF", SECCOMP_RET_USER_NOTIF},
    {"TRACE", SECCOMP_RET_TRACE},
    {"LOG", SECCOMP_RET_LOG},
    {"ALLOW", SECCOMP_RET_ALLOW},
};

static void trapped(int sig, siginfo_t *info, void *context) {
  (void)sig;
  (void)context;
  say("trapped, reason %d", info->si_errno);
}

static void all_pairs(long nr) {
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) {
      say("%s, then %s", actions[i].name, actions[j].name);
      FILTERED("child", {
        struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
        NEED(sigaction(SIGSYS, &action, NULL));
        NEED(ADD(0, ONE(nr, actions[i].value)));
        NEED(ADD(0, ONE(nr, actions[j].value)));
        long value = syscall(nr);
        say("%s", value >= 0 ? "made" : errno_name(errno));
      });
    }
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "each action beside each other");
  all_pairs(SYS_getppid);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "each action beside each other, for a call of memory");
  all_pairs(SYS_munlockall);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "of several errors the newest filter's");
  FILTERED("child", {
    for (int error = 1; error <= 40; error++) {
      NEED(ADD(0, LOAD_NR, ON(SYS_getppid, SECCOMP_RET_ERRNO | error),
               ON(SYS_sched_yield, SECCOMP_RET_ERRNO | error), ON(SYS_init_module, SECCOMP_RET_ERRNO | error),
               ALLOW));
      if (error % 10 == 0) {
        R(syscall(SYS_getppid));
        R(syscall(SYS_sched_yield));
        R(syscall(SYS_init_module, NULL, 0, NULL));
      }
    }
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "nothing is allowed again, and filters may forbid filters");
  FILTERED("child", {
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)));
    NEED(ADD(0, ALLOW));
    R(syscall(SYS_getppid));
    NEED(ADD(0, LOAD_NR, ON(SYS_seccomp, SECCOMP_RET_ERRNO | ENOTTY),
             ON(SYS_prctl, SECCOMP_RET_ERRNO | ENOTDIR), ALLOW));
    R(ADD(0, ALLOW));
    R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL));
    R(prctl(PR_GET_SECCOMP));
  });
  return 0;
}
