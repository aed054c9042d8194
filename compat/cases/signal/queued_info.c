// Values sent along with signals, to processes and to threads.
#include "case.h"

static volatile int count;
static void show(int signal, siginfo_t *info, void *context) {
  say("  %s code %d value %d", signal >= SIGRTMIN ? "RT" : sigabbrev_np(signal), info->si_code,
      info->si_value.sival_int);
  count++;
}
int main(void) {
  struct sigaction action = {.sa_sigaction = show, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGRTMIN, &action, NULL);
  siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE, .si_value.sival_int = 12};
  pid_t me = getpid(), thread = syscall(SYS_gettid);
  CHECK("rt_sigqueueinfo", "a value for oneself");
  R(syscall(SYS_rt_sigqueueinfo, me, SIGUSR1, &info));
  info.si_code = SI_MESGQ;
  R(syscall(SYS_rt_sigqueueinfo, me, SIGRTMIN, &info));
  CHECK("rt_sigqueueinfo", "codes, signals and processes that are refused");
  info.si_code = SI_USER;
  reap("child", CHILD(R(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info))));
  info.si_code = SI_TKILL;
  reap("child", CHILD(R(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info))));
  info.si_code = SI_QUEUE;
  R(syscall(SYS_rt_sigqueueinfo, me, 65, &info));
  R(syscall(SYS_rt_sigqueueinfo, 1 << 29, SIGUSR1, &info));
  CHECK("rt_tgsigqueueinfo", "a value for a thread");
  info.si_value.sival_int = -3;
  R(syscall(SYS_rt_tgsigqueueinfo, me, thread, SIGUSR1, &info));
  R(syscall(SYS_rt_tgsigqueueinfo, me, thread, 0, &info));
  CHECK("rt_tgsigqueueinfo", "codes, signals and threads that are refused");
  R(syscall(SYS_rt_tgsigqueueinfo, me, 1 << 29, SIGUSR1, &info));
  R(syscall(SYS_rt_tgsigqueueinfo, me, 0, SIGUSR1, &info));
  reap("child", CHILD(R(syscall(SYS_rt_tgsigqueueinfo, getppid(), syscall(SYS_gettid), SIGUSR1, &info))));
  R(syscall(SYS_rt_tgsigqueueinfo, me, thread, 65, &info));
  R(syscall(SYS_rt_tgsigqueueinfo, me, thread, SIGUSR1, NULL));
  CHECK("rt_sigprocmask", "every operation, sizes");
  sigset_t set, old;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  R(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8));
  R(syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, &old, 8));
  T(sigismember(&old, SIGUSR1));
  R(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
  R(syscall(SYS_rt_sigprocmask, 7, &set, NULL, 8));
  R(syscall(SYS_rt_sigprocmask, 7, NULL, &old, 8));
  R(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 16));
  CHECK("rt_sigpending", "sizes of pending sets");
  raise(SIGUSR1);
  R(syscall(SYS_rt_sigpending, &old, 8));
  T(sigismember(&old, SIGUSR1) && !sigismember(&old, SIGUSR2));
  R(syscall(SYS_rt_sigpending, &old, 16));
  CHECK("rt_sigtimedwait rt_sigsuspend", "sizes of what is waited for");
  R(syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 8));
  R(syscall(SYS_rt_sigtimedwait, &set, &info, NULL, 4));
  R(syscall(SYS_rt_sigsuspend, &set, 4));
  CHECK("sigaltstack", "sizes, flags and read back");
  static char space[32768];
  stack_t stack = {.ss_sp = space, .ss_size = 1000}, back;
  R(sigaltstack(&stack, NULL));
  stack.ss_size = sizeof space;
  stack.ss_flags = 1 << 31;
  R(sigaltstack(&stack, NULL));
  R(sigaltstack(NULL, &back));
  T(back.ss_sp == space && back.ss_size == sizeof space);
  return 0;
}
