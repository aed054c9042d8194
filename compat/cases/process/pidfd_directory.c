// covers: pidfd_send_signal
// Directories of /proc stand for processes, as pidfds do.
#include "case.h"

static volatile sig_atomic_t seen;
static void handler(int signal UNUSED) {
  seen++;
}
int main(void) {
  handle(SIGUSR1, handler, 0);
  CHECK("pidfd_send_signal", "takes a directory of /proc");
  int self_fd = NEED(open("/proc/self", O_DIRECTORY | O_CLOEXEC));
  R(syscall(SYS_pidfd_send_signal, self_fd, SIGUSR1, NULL, 0));
  R(seen);
  siginfo_t info = {.si_signo = SIGUSR2};
  R(syscall(SYS_pidfd_send_signal, self_fd, SIGUSR1, &info, 0));
  CHECK("pidfd_send_signal", "other files are no processes");
  int other = NEED(open("/proc", O_DIRECTORY | O_CLOEXEC));
  R(syscall(SYS_pidfd_send_signal, other, SIGUSR1, NULL, 0));
  R(syscall(SYS_pidfd_send_signal, 99, SIGUSR1, NULL, 0));
  CHECK("pidfd_send_signal", "a child's directory dies with it");
  pid_t child = CHILD(sleep_ms(10000));
  char name[64];
  snprintf(name, sizeof name, "/proc/%d", child);
  int child_fd = NEED(open(name, O_DIRECTORY | O_CLOEXEC));
  R(syscall(SYS_pidfd_send_signal, child_fd, SIGTERM, NULL, 0));
  reap("child", child);
  R(syscall(SYS_pidfd_send_signal, child_fd, SIGTERM, NULL, 0));
  return 0;
}
