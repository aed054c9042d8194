// covers: pidfd_open pidfd_send_signal poll
// Process descriptors.
#include "case.h"

int main(void) {
  pid_t child = CHILD(for (;;) pause());
  int fd = NEED(syscall(SYS_pidfd_open, child, 0));
  R(fcntl(fd, F_GETFD));
  struct pollfd poller = {fd, POLLIN, 0};
  R(poll(&poller, 1, 0));
  R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
  R(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
  R(poll(&poller, 1, 5000));
  siginfo_t info;
  R(waitid(P_PIDFD, fd, &info, WEXITED));
  say("code %d status %d", info.si_code, info.si_status);
  R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
  R(syscall(SYS_pidfd_open, child, 0));
  R(syscall(SYS_pidfd_open, -1, 0));
  R(syscall(SYS_pidfd_open, getpid(), 0x1000));
  R(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0));
  R(read(fd, &info, 1));
  return 0;
}
