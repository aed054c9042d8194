// covers: rt_sigtimedwait kill
// What a thread in rt_sigtimedwait(2) is not woken by.
#include "case.h"

static void later(int signal) {
  if (fork() == 0) {
    sleep_ms(60);
    kill(getppid(), signal);
    _exit(0);
  }
}
int main(void) {
  sigset_t set;
  siginfo_t info;
  signal(SIGUSR2, SIG_IGN);
  CHECK("rt_sigtimedwait", "an ignored signal that is not waited for does not end the wait");
  sigemptyset(&set);
  later(SIGUSR2);
  long long start = now_ms();
  R(sigtimedwait(&set, &info, &(struct timespec){0, 200000000}));
  T(now_ms() - start >= 190);
  wait(NULL);
  CHECK("rt_sigtimedwait", "an ignored signal that is waited for but not blocked is dropped");
  sigaddset(&set, SIGUSR2);
  later(SIGUSR2);
  R(sigtimedwait(&set, &info, &(struct timespec){0, 200000000}));
  wait(NULL);
  CHECK("rt_sigtimedwait", "an ignored signal that is blocked and waited for is taken");
  sigprocmask(SIG_BLOCK, &set, NULL);
  later(SIGUSR2);
  T(sigtimedwait(&set, &info, &(struct timespec){5, 0}) == SIGUSR2);
  wait(NULL);
  return 0;
}
