// libs: -lpthread
// tags: threads
// The contents of siginfo for each way of sending.
#include "case.h"

static volatile int seen;
static void show(int signal, siginfo_t *info, void *context) {
  say("%s code %d pid %s uid %s value %d", signal >= SIGRTMIN ? "RT" : sigabbrev_np(signal), info->si_code,
      info->si_pid == getpid() ? "own"
      : info->si_pid           ? "other"
                               : "0",
      info->si_uid == getuid() ? "own" : "other", info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
  seen++;
}
static void child_info(int signal, siginfo_t *info, void *context) {
  say("CHLD code %d status %d uid %s", info->si_code, info->si_status,
      info->si_uid == getuid() ? "own" : "other");
  seen++;
}
static void *send_to(void *thread) {
  pthread_kill(*(pthread_t *)thread, SIGUSR2);
  return NULL;
}
int main(void) {
  struct sigaction action = {.sa_sigaction = show, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGUSR2, &action, NULL);
  sigaction(SIGRTMIN + 1, &action, NULL);
  sigaction(SIGALRM, &action, NULL);
  CHECK("kill rt_sigaction(SA_SIGINFO)", "sent by kill");
  kill(getpid(), SIGUSR1);
  CHECK("tgkill rt_sigaction(SA_SIGINFO)", "raised");
  raise(SIGUSR1);
  CHECK("rt_sigqueueinfo", "values");
  sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 42});
  sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = -7});
  CHECK("kill rt_sigaction(SA_SIGINFO)", "sent by a child");
  reap("child", CHILD(kill(getppid(), SIGUSR1)));
  pid_t child;
  CHECK("tgkill rt_sigaction(SA_SIGINFO)", "sent by another thread");
  pthread_t me = pthread_self(), other;
  pthread_create(&other, NULL, send_to, &me);
  pthread_join(other, NULL);
  CHECK("setitimer", "sent by a timer");
  struct itimerval timer = {.it_value = {0, 10000}};
  seen = 0;
  setitimer(ITIMER_REAL, &timer, NULL);
  while (!seen) sleep_ms(5);
  CHECK("rt_sigaction(SIGCHLD)", "a child that ended");
  action.sa_sigaction = child_info;
  sigaction(SIGCHLD, &action, NULL);
  seen = 0;
  child = CHILD(_exit(19));
  while (!seen) sleep_ms(5);
  waitpid(child, NULL, 0);
  CHECK("rt_sigaction(SIGCHLD)", "a child that stopped, went on, was killed");
  seen = 0;
  child = CHILD(for (;;) pause());
  kill(child, SIGSTOP);
  while (seen < 1) sleep_ms(5);
  kill(child, SIGCONT);
  while (seen < 2) sleep_ms(5);
  kill(child, SIGKILL);
  while (seen < 3) sleep_ms(5);
  waitpid(child, NULL, 0);
  CHECK("rt_sigqueueinfo", "codes that only the kernel may use");
  siginfo_t fake = {.si_code = SI_USER};
  reap("child", CHILD(R(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &fake))));
  CHECK("tgkill tkill", "threads that are none, no signal");
  R(syscall(SYS_tgkill, getpid(), -1, SIGUSR1));
  R(syscall(SYS_tgkill, getpid(), 1 << 29, SIGUSR1));
  R(syscall(SYS_tkill, syscall(SYS_gettid), 0));
  return 0;
}
