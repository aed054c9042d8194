// SA_RESETHAND, SA_NODEFER, masks during a handler, old actions, errors.
#include "case.h"

static volatile int depth, deepest, count;
static void nest(int signal) {
  depth++;
  if (depth > deepest) deepest = depth;
  if (count++ < 3) raise(signal);
  depth--;
}
static void masks(int signal) {
  sigset_t set;
  sigprocmask(SIG_BLOCK, NULL, &set);
  say("in the handler: USR1 %d USR2 %d HUP %d", sigismember(&set, SIGUSR1), sigismember(&set, SIGUSR2),
      sigismember(&set, SIGHUP));
}
int main(void) {
  CHECK("rt_sigaction", "deferred in its own handler");
  handle(SIGUSR1, nest, 0);
  raise(SIGUSR1);
  say("deferred: depth %d count %d", deepest, count);
  CHECK("rt_sigaction(SA_NODEFER)", "not deferred");
  deepest = count = 0;
  handle(SIGUSR1, nest, SA_NODEFER);
  raise(SIGUSR1);
  say("SA_NODEFER: depth %d count %d", deepest, count);
  CHECK("rt_sigaction(SA_RESETHAND)", "once");
  count = 10;
  handle(SIGUSR1, nest, SA_RESETHAND);
  raise(SIGUSR1);
  struct sigaction action;
  NEED(sigaction(SIGUSR1, NULL, &action));
  T(action.sa_handler == SIG_DFL);
  reap("second time", CHILD(raise(SIGUSR1)));
  CHECK("rt_sigaction(SA_RESTART)", "the mask of a handler, and the action read back");
  action = (struct sigaction){.sa_handler = masks, .sa_flags = SA_RESTART};
  sigaddset(&action.sa_mask, SIGUSR2);
  NEED(sigaction(SIGUSR1, &action, NULL));
  raise(SIGUSR1);
  struct sigaction old;
  NEED(sigaction(SIGUSR1, NULL, &old));
  T(old.sa_handler == masks && (old.sa_flags & SA_RESTART) && sigismember(&old.sa_mask, SIGUSR2));
  CHECK("rt_sigaction", "signals and sizes that are refused");
  R(sigaction(SIGKILL, &action, NULL));
  R(sigaction(SIGSTOP, &action, NULL));
  R(sigaction(SIGKILL, NULL, &old));
  R(syscall(SYS_rt_sigaction, 0, NULL, NULL, 8));
  R(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
  R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
  CHECK("rt_sigprocmask", "SIGKILL and SIGSTOP stay out");
  sigset_t set;
  sigfillset(&set);
  R(sigprocmask(SIG_SETMASK, &set, NULL));
  sigprocmask(SIG_BLOCK, NULL, &set);
  T(!sigismember(&set, SIGKILL) && !sigismember(&set, SIGSTOP));
  R(sigprocmask(99, &set, NULL));
  CHECK("rt_sigpending", "what is blocked and sent, not what is ignored");
  raise(SIGHUP);
  raise(SIGUSR1);
  sigpending(&set);
  T(sigismember(&set, SIGHUP) && sigismember(&set, SIGUSR1) && !sigismember(&set, SIGUSR2));
  handle(SIGHUP, SIG_IGN, 0);
  sigpending(&set);
  T(!sigismember(&set, SIGHUP));
  sigemptyset(&set);
  sigprocmask(SIG_SETMASK, &set, NULL);
  return 0;
}
