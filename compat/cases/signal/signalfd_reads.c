// Signals read from a descriptor.
#include "case.h"

#include <sys/signalfd.h>
int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN);
  sigaddset(&set, SIGCHLD);
  NEED(sigprocmask(SIG_BLOCK, &set, NULL));
  CHECK("signalfd4(SFD_NONBLOCK|SFD_CLOEXEC)", "nothing to read yet");
  int fd = OK(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  struct signalfd_siginfo info[4] = {0};
  R(read(fd, info, sizeof info));
  CHECK("signalfd4 read", "signals with their values");
  R(kill(getpid(), SIGUSR1));
  R(kill(getpid(), SIGUSR1));
  R(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 5}));
  R(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 6}));
  struct pollfd poller = {fd, POLLIN, 0};
  R(poll(&poller, 1, 0));
  ssize_t got = R(read(fd, info, sizeof info));
  for (int i = 0; i < got / (ssize_t)sizeof *info; i++)
    say("signal %d code %d own %d value %d", info[i].ssi_signo == SIGUSR1 ? 10 : 34, info[i].ssi_code,
        info[i].ssi_pid == (uint32_t)getpid(), info[i].ssi_int);
  CHECK("signalfd4", "nothing left, a short buffer");
  R(poll(&poller, 1, 0));
  R(read(fd, info, 10));
  CHECK("signalfd4", "the end of a child");
  pid_t child = CHILD(_exit(3));
  R(poll(&poller, 1, 1000));
  R(read(fd, info, sizeof *info));
  say("SIGCHLD: code %d status %d own child %d", info[0].ssi_code, info[0].ssi_status,
      info[0].ssi_pid == (uint32_t)child);
  reap("child", child);
  CHECK("signalfd4", "another mask");
  sigdelset(&set, SIGUSR1);
  T(fd >= 0 && signalfd(fd, &set, 0) == fd);
  kill(getpid(), SIGUSR1);
  R(read(fd, info, sizeof info));
  CHECK("signalfd4", "descriptors and flags that are refused");
  R(signalfd(0, &set, 0));
  R(signalfd(-1, &set, 1));
  sigset_t pending;
  sigpending(&pending);
  T(sigismember(&pending, SIGUSR1));
  return 0;
}
