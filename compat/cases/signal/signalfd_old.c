// signalfd without flags.
#include "case.h"

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  CHECK("signalfd", "one signal");
  int fd = OK(syscall(SYS_signalfd, -1, &set, 8));
  raise(SIGUSR1);
  char info[128] = {0};
  R(read(fd, info, sizeof info));
  R(info[0]);
  CHECK("signalfd", "sizes and descriptors that are refused");
  R(syscall(SYS_signalfd, -1, &set, 4));
  R(syscall(SYS_signalfd, 999, &set, 8));
  return 0;
}
