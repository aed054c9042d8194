// covers: read
// A signalfd whose signals are not blocked: a handler without SA_RESTART ends a read for another signal.
#include "case.h"

#include <sys/signalfd.h>
static volatile sig_atomic_t count;
static void handler(int signo UNUSED) {
  count++;
}

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  int fd = NEED(signalfd(-1, &set, 0));
  handle(SIGUSR2, handler, 0);
  pid_t target = getpid();
  struct signalfd_siginfo s;
  CHECK("read", "a signal that is not in the mask ends it");
  pid_t child = CHILD({
    sleep_ms(40);
    kill(target, SIGUSR2);
  });
  R(read(fd, &s, sizeof s));
  say("%d", count);
  NEED(waitpid(child, NULL, 0));
  CHECK("read", "one that is in it and was delivered before is not there any more");
  handle(SIGUSR1, handler, 0);
  NEED(raise(SIGUSR1));
  say("%d", count);
  NEED(fcntl(fd, F_SETFL, O_NONBLOCK));
  R(read(fd, &s, sizeof s));
  CHECK("read", "blocked and unblocked again");
  NEED(sigprocmask(SIG_BLOCK, &set, NULL));
  NEED(raise(SIGUSR1));
  struct pollfd f = {fd, POLLIN, 0};
  R(poll(&f, 1, 0));
  NEED(sigprocmask(SIG_UNBLOCK, &set, NULL));
  say("%d", count);
  R(poll(&f, 1, 0));
  R(read(fd, &s, sizeof s));
  return 0;
}
