// Waiting for signals.
#include "case.h"

static volatile int count;
static void handler(int signal) {
  count++;
}
int main(void) {
  sigset_t set, none, old;
  sigemptyset(&none);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &set, &old);
  handle(SIGUSR1, handler, 0);
  CHECK("rt_sigsuspend", "the mask for the time of the wait");
  raise(SIGUSR1);
  R(count);
  R(sigsuspend(&none));
  R(count);
  sigprocmask(SIG_BLOCK, NULL, &old);
  T(sigismember(&old, SIGUSR1));
  CHECK("rt_sigtimedwait", "timeouts");
  siginfo_t info;
  struct timespec zero = {0, 0}, brief = {0, 20000000}, bad = {0, -1};
  R(sigtimedwait(&set, &info, &zero));
  R(sigtimedwait(&set, &info, &brief));
  R(sigtimedwait(&set, &info, &bad));
  CHECK("rt_sigtimedwait", "takes a signal without its handler");
  raise(SIGUSR1);
  R(sigtimedwait(&set, &info, &zero));
  say("code %d own %d, handled %d", info.si_code, info.si_pid == getpid(), count);
  CHECK("rt_sigtimedwait rt_sigqueueinfo", "real-time signals in order");
  for (int i = 1; i <= 3; i++) sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
  for (int i = 1; i <= 3; i++) {
    T(sigwaitinfo(&set, &info) == SIGRTMIN);
    R(info.si_value.sival_int);
  }
  CHECK("rt_sigtimedwait", "as sigwait calls it, until another process sends");
  int got;
  pid_t child = CHILD({
    sleep_ms(80);
    kill(getppid(), SIGUSR1);
  });
  R(sigwait(&set, &got));
  R(got);
  reap("child", child);
  CHECK("rt_sigtimedwait", "interrupted by another signal");
  child = CHILD({
    sleep_ms(80);
    kill(getppid(), SIGUSR2);
  });
  handle(SIGUSR2, handler, SA_RESTART);
  R(sigtimedwait(&set, &info, &(struct timespec){5, 0}));
  reap("child", child);
  CHECK("pause", "until a handler has run");
  child = CHILD({
    sleep_ms(80);
    kill(getppid(), SIGUSR2);
  });
  R(pause());
  R(count);
  reap("child", child);
  return 0;
}
