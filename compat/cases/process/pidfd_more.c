// Descriptors of other processes, comparing processes, and memory of dying ones.
#include "case.h"

#include <linux/kcmp.h>
int main(void) {
  put("f", "shared offset");
  struct gate ready = new_gate();
  pid_t child = CHILD({
    int fd = NEED(open("f", O_RDONLY));
    NEED(dup2(fd, 70));
    NEED(lseek(70, 7, SEEK_SET));
    tell(ready);
    for (;;) pause();
  });
  await(ready);
  int pidfd = NEED(syscall(SYS_pidfd_open, child, 0));
  CHECK("pidfd_getfd", "a child's descriptor, with its offset");
  int fd = OK(syscall(438, pidfd, 70, 0));
  char text[16] = {0};
  R(read(fd, text, 6));
  say("%s", text);
  R(fcntl(fd, F_GETFD));
  CHECK("pidfd_getfd", "descriptors and flags that are refused");
  R(syscall(438, pidfd, 71, 0));
  R(syscall(438, pidfd, -1, 0));
  R(syscall(438, pidfd, 70, 1));
  R(syscall(438, -1, 70, 0));
  R(syscall(438, fd, 70, 0));
  CHECK("kcmp(KCMP_FILE)", "one description or two");
  pid_t me = getpid();
  int copy = NEED(dup(fd)), other = NEED(open("f", O_RDONLY));
  R(syscall(SYS_kcmp, me, me, KCMP_FILE, fd, copy));
  T(syscall(SYS_kcmp, me, me, KCMP_FILE, fd, other) > 0);
  R(syscall(SYS_kcmp, me, child, KCMP_FILE, fd, 70));
  R(syscall(SYS_kcmp, me, me, KCMP_FILE, fd, 999));
  CHECK("kcmp(KCMP_FILES|KCMP_FS|KCMP_VM|KCMP_SIGHAND)", "a process and its child");
  R(syscall(SYS_kcmp, me, me, KCMP_FILES, 0, 0));
  T(syscall(SYS_kcmp, me, child, KCMP_FILES, 0, 0) > 0);
  R(syscall(SYS_kcmp, me, me, KCMP_FS, 0, 0));
  R(syscall(SYS_kcmp, me, me, KCMP_VM, 0, 0));
  T(syscall(SYS_kcmp, me, child, KCMP_VM, 0, 0) > 0);
  R(syscall(SYS_kcmp, me, me, KCMP_SIGHAND, 0, 0));
  CHECK("kcmp", "kinds and processes that are none");
  R(syscall(SYS_kcmp, me, me, 99, 0, 0));
  R(syscall(SYS_kcmp, me, 1 << 29, KCMP_VM, 0, 0));
  CHECK("pidfd_send_signal", "with a siginfo, and flags");
  siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE};
  R(syscall(SYS_pidfd_send_signal, pidfd, SIGUSR2, &info, 0));
  R(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 1 << 20));
  R(syscall(SYS_pidfd_send_signal, pidfd, 99, NULL, 0));
  R(syscall(SYS_pidfd_send_signal, -1, 0, NULL, 0));
  CHECK("process_mrelease", "only of a process that ends");
  R(syscall(448, pidfd, 0));
  R(syscall(448, pidfd, 1));
  R(syscall(448, -1, 0));
  R(syscall(448, fd, 0));
  CHECK("pidfd_open(PIDFD_NONBLOCK)", "waitid does not wait");
  int nonblock = OK(syscall(SYS_pidfd_open, child, O_NONBLOCK));
  R(waitid(P_PIDFD, nonblock, &info, WEXITED));
  CHECK("pidfd_send_signal waitid(P_PIDFD)", "the end");
  R(syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0));
  R(waitid(P_PIDFD, pidfd, &info, WEXITED));
  R(syscall(438, pidfd, 70, 0));
  return 0;
}
