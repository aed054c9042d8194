// What a process keeps over exec: mask, pending and ignored signals, cwd, umask, timers; and what it does not.
#include "case.h"

static void handler(int signal) {}
int main(int argc, char **argv) {
  struct sigaction action;
  if (argc > 1) {
    CHECK("execve", "keeps the process id");
    T(getpid() == atoi(argv[2]));
    CHECK("execve", "keeps ignored signals, not handlers");
    NEED(sigaction(SIGUSR1, NULL, &action));
    T(action.sa_handler == SIG_DFL);
    NEED(sigaction(SIGUSR2, NULL, &action));
    T(action.sa_handler == SIG_IGN);
    NEED(sigaction(SIGPIPE, NULL, &action));
    T(action.sa_handler == SIG_IGN);
    CHECK("execve", "keeps the mask and what is pending");
    sigset_t set;
    sigprocmask(SIG_BLOCK, NULL, &set);
    T(sigismember(&set, SIGTERM) && !sigismember(&set, SIGINT));
    sigpending(&set);
    T(sigismember(&set, SIGTERM));
    CHECK("execve", "keeps umask, working directory and alarm");
    say("umask %o", umask(0));
    R(access("here", F_OK));
    T(alarm(0) > 900);
    CHECK("execve", "drops the alternate stack");
    stack_t stack;
    sigaltstack(NULL, &stack);
    T(stack.ss_flags == SS_DISABLE);
    CHECK("execve", "gives a new name");
    char name[20] = {0};
    prctl(PR_GET_NAME, name);
    T(strncmp(strrchr(self, '/') + 1, name, strlen(name)) == 0);
    CHECK("execve", "keeps limits, and dumps again");
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    R(limit.rlim_cur);
    R(prctl(PR_GET_DUMPABLE));
    return 0;
  }
  handle(SIGUSR1, handler, 0);
  handle(SIGUSR2, SIG_IGN, 0);
  handle(SIGPIPE, SIG_IGN, 0);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGTERM);
  umask(0137);
  put("here", "");
  alarm(1000);
  static char space[16384];
  stack_t stack = {.ss_sp = space, .ss_size = sizeof space};
  sigaltstack(&stack, NULL);
  prctl(PR_SET_NAME, "changed");
  prctl(PR_SET_DUMPABLE, 0);
  struct rlimit limit = {123, 200};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  char pid[12];
  sprintf(pid, "%d", getpid());
  execl(self, self, "@after", pid, NULL);
  return 1;
}
