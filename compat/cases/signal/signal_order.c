// Ordinary signals merge, realtime ones queue in order; delivery goes by number.
#include "case.h"

static void show(int signal, siginfo_t *info, void *context) {
  say("signal %s%d value %d", signal >= SIGRTMIN ? "RT+" : "",
      signal >= SIGRTMIN ? signal - SIGRTMIN : signal, signal >= SIGRTMIN ? info->si_value.sival_int : 0);
}
int main(void) {
  struct sigaction action = {.sa_sigaction = show, .sa_flags = SA_SIGINFO};
  sigfillset(&action.sa_mask);
  sigset_t set, none;
  sigfillset(&set);
  sigemptyset(&none);
  int all[] = {SIGRTMIN + 3, SIGRTMIN + 1, SIGUSR2, SIGUSR1, SIGHUP};
  for (int i = 0; i < 5; i++) sigaction(all[i], &action, NULL);
  sigprocmask(SIG_SETMASK, &set, NULL);
  CHECK("rt_sigtimedwait", "the lowest real-time signal, first value");
  for (int round = 1; round <= 3; round++)
    for (int i = 0; i < 5; i++) {
      if (all[i] >= SIGRTMIN)
        sigqueue(getpid(), all[i], (union sigval){.sival_int = round});
      else
        kill(getpid(), all[i]);
    }
  sigset_t only_realtime = none;
  siginfo_t info;
  sigaddset(&only_realtime, SIGRTMIN + 3);
  sigaddset(&only_realtime, SIGRTMIN + 1);
  T(sigwaitinfo(&only_realtime, &info) == SIGRTMIN + 1 && info.si_value.sival_int == 1);
  CHECK("rt_sigprocmask rt_sigqueueinfo", "real-time signals come in order when they are let in");
  for (int signal = SIGRTMIN; signal < SIGRTMIN + 4; signal++) {
    sigset_t some = set;
    sigdelset(&some, signal);
    sigprocmask(SIG_SETMASK, &some, NULL);
  }
  CHECK("rt_sigprocmask kill", "ordinary signals were merged");
  sigset_t some = set;
  sigdelset(&some, SIGUSR2);
  sigprocmask(SIG_SETMASK, &some, NULL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  CHECK("rt_sigpending", "nothing is left");
  sigpending(&set);
  T(!sigismember(&set, SIGUSR1) && !sigismember(&set, SIGRTMIN + 3));
  return 0;
}
