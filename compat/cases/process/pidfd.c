// Process descriptors.
#include "case.h"

int main(void) {
  pid_t child = CHILD(for (;;) pause());
  CHECK("pidfd_open", "closes on exec, readable when the process ends");
  int fd = NEED(syscall(SYS_pidfd_open, child, 0));
  R(fcntl(fd, F_GETFD));
  struct pollfd poller = {fd, POLLIN, 0};
  R(poll(&poller, 1, 0));
  CHECK("pidfd_send_signal", "none, and one that ends it");
  R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
  R(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
  R(poll(&poller, 1, 5000));
  CHECK("waitid(P_PIDFD)", "what it ended by");
  siginfo_t info;
  R(waitid(P_PIDFD, fd, &info, WEXITED));
  say("code %d status %d", info.si_code, info.si_status);
  CHECK("pidfd_send_signal pidfd_open", "after the end");
  R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
  R(syscall(SYS_pidfd_open, child, 0));
  CHECK("pidfd_open", "ids and flags that are refused");
  R(syscall(SYS_pidfd_open, -1, 0));
  R(syscall(SYS_pidfd_open, getpid(), 0x1000));
  CHECK("pidfd_send_signal", "what is no process");
  R(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0));
  CHECK("read", "nothing to read in a pidfd");
  R(read(fd, &info, 1));
  return 0;
}
