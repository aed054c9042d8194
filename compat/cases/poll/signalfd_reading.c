// covers: signalfd4 read
// Signals that are read: what they say, in which order, and who may take them.
#include "case.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
static sigset_t set;
static int fd;
static void take(const char *label) {
  struct signalfd_siginfo s[4];
  ssize_t n = read(fd, s, sizeof s);
  if (n < 0) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  say("%s: %zd", label, n / (ssize_t)sizeof s[0]);
  for (int i = 0; i < n / (int)sizeof s[0]; i++)
    say("  SIG%s code %d, from itself %d, uid %d, value %d", sigabbrev_np(s[i].ssi_signo), s[i].ssi_code,
        s[i].ssi_pid == (uint32_t)getpid(), s[i].ssi_uid == getuid(), s[i].ssi_int);
}

int main(void) {
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  sigaddset(&set, SIGCHLD);
  NEED(sigprocmask(SIG_BLOCK, &set, NULL));
  fd = NEED(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  CHECK("signalfd4", "flags");
  say("%d %#x", fcntl(fd, F_GETFD), fcntl(fd, F_GETFL));
  R(signalfd(-1, &set, 1));
  R(signalfd(0, &set, 0));
  R(signalfd(99, &set, 0));
  R(syscall(SYS_signalfd4, -1, &set, 4, 0));
  R(syscall(SYS_signalfd4, -1, (void *)8, 8, 0));
  CHECK("read", "each once, the lowest first");
  take("none");
  NEED(kill(getpid(), SIGUSR2));
  NEED(kill(getpid(), SIGUSR1));
  NEED(kill(getpid(), SIGUSR1));
  take("two");
  take("none left");
  CHECK("read", "values of sigqueue");
  union sigval value = {.sival_int = 42};
  NEED(sigqueue(getpid(), SIGUSR1, value));
  take("queued");
  CHECK("read", "a child's end");
  reap("child", CHILD({ _exit(3); }));
  struct signalfd_siginfo s;
  R(read(fd, &s, sizeof s) == sizeof s);
  say("SIG%s, code %d, status %d", sigabbrev_np(s.ssi_signo), s.ssi_code, s.ssi_status);
  CHECK("read", "sizes");
  R(read(fd, &s, sizeof s - 1));
  R(read(fd, &s, 0));
  CHECK("signalfd4", "another mask for the same descriptor");
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGUSR2);
  R(signalfd(fd, &one, 0) == fd);
  NEED(kill(getpid(), SIGUSR1));
  take("not in the mask");
  R(signalfd(fd, &set, 0) == fd);
  take("in the mask again");
  CHECK("poll epoll_wait", "readiness");
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
  struct pollfd f = {fd, POLLIN, 0};
  R(poll(&f, 1, 0));
  R(epoll_wait(ep, &event, 1, 0));
  pid_t target = getpid();
  pid_t child = CHILD({
    sleep_ms(40);
    kill(target, SIGUSR1);
    sleep_ms(200);
  });
  R(epoll_wait(ep, &event, 1, 3000));
  R(poll(&f, 1, 0));
  take("by a child");
  kill(child, SIGKILL);
  NEED(waitpid(child, NULL, 0));
  CHECK("read", "waits for one");
  NEED(fcntl(fd, F_SETFL, 0));
  while (sigtimedwait(&set, NULL, &(struct timespec){0, 0}) > 0) {
  }
  child = CHILD({
    sleep_ms(40);
    kill(target, SIGUSR2);
  });
  R(read(fd, &s, sizeof s) == sizeof s);
  say("SIG%s, from the child %d", sigabbrev_np(s.ssi_signo), s.ssi_pid == (uint32_t)child);
  NEED(waitpid(child, NULL, 0));
  return 0;
}
