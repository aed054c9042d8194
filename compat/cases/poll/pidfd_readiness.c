// covers: pidfd_open poll epoll_wait waitid
// Descriptors of processes: readable when they have ended.
#include "case.h"

#include <sys/epoll.h>
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
static void state(const char *label, int fd) {
  struct pollfd f = {fd, POLLIN | POLLOUT | POLLPRI, 0};
  int n = poll(&f, 1, 0);
  say("%s: %d %#x", label, n, f.revents);
}
static int open_pid(pid_t pid, int flags) {
  return syscall(SYS_pidfd_open, pid, flags);
}

int main(void) {
  CHECK("pidfd_open", "numbers and flags");
  R(open_pid(0, 0));
  R(open_pid(-1, 0));
  R(open_pid(getpid(), 0x40000000));
  int fd = NEED(open_pid(getpid(), 0));
  R(fcntl(fd, F_GETFD));
  CHECK("poll", "alive, dead, reaped");
  int p[2];
  NEED(pipe(p));
  pid_t child = CHILD({
    char c;
    close(p[1]);
    read(p[0], &c, 1);
    _exit(5);
  });
  fd = NEED(open_pid(child, 0));
  state("alive", fd);
  close(p[1]);
  struct pollfd f = {fd, POLLIN, 0};
  R(poll(&f, 1, 5000));
  state("dead", fd);
  siginfo_t info = {0};
  R(waitid(P_PIDFD, fd, &info, WEXITED | WNOWAIT));
  say("%d %d", info.si_code, info.si_status);
  R(waitid(P_PIDFD, fd, &info, WEXITED));
  state("reaped", fd);
  R(waitid(P_PIDFD, fd, &info, WEXITED));
  R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
  R(open_pid(child, 0));
  CHECK("epoll_wait(EPOLLET)", "an end is news");
  child = CHILD({ pause(); });
  fd = NEED(open_pid(child, 0));
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
  R(epoll_wait(ep, &event, 1, 0));
  R(syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
  R(epoll_wait(ep, &event, 1, 5000));
  NEED(waitpid(child, NULL, 0));
  CHECK("waitid(P_PIDFD)", "a descriptor that does not wait");
  child = CHILD({ pause(); });
  fd = NEED(open_pid(child, O_NONBLOCK));
  say("%#x", fcntl(fd, F_GETFL));
  R(waitid(P_PIDFD, fd, &info, WEXITED));
  info.si_pid = 77;
  R(waitid(P_PIDFD, fd, &info, WEXITED | WNOHANG));
  say("%d", info.si_pid);
  kill(child, SIGKILL);
  f = (struct pollfd){fd, POLLIN, 0};
  R(poll(&f, 1, 5000));
  R(waitid(P_PIDFD, fd, &info, WEXITED));
  CHECK("poll", "a process that is no child");
  NEED(pipe(p));
  int q[2];
  NEED(pipe(q));
  child = CHILD({
    pid_t inner = CHILD({
      char c;
      close(p[1]);
      read(p[0], &c, 1);
    });
    NEED(write(q[1], &inner, sizeof inner));
    close(p[1]);
    waitpid(inner, NULL, 0);
  });
  pid_t grandchild;
  NEED(read(q[0], &grandchild, sizeof grandchild));
  fd = NEED(open_pid(grandchild, 0));
  state("alive", fd);
  R(waitid(P_PIDFD, fd, &info, WEXITED | WNOHANG));
  close(p[1]);
  f = (struct pollfd){fd, POLLIN, 0};
  R(poll(&f, 1, 5000));
  NEED(waitpid(child, NULL, 0));
  CHECK("poll", "exec of the process is no end");
  child = CHILD({ execl("/bin/sleep", "sleep", "0.05", NULL); });
  fd = NEED(open_pid(child, 0));
  long long start = now_ms();
  f = (struct pollfd){fd, POLLIN, 0};
  R(poll(&f, 1, 5000));
  T(now_ms() - start >= 30);
  NEED(waitpid(child, NULL, 0));
  return 0;
}
