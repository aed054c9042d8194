// covers: ppoll pselect6 epoll_pwait
// Signal masks of the calls that wait: in force only while they do, and not for an instant longer.
#include "case.h"

#include <sys/epoll.h>
static volatile sig_atomic_t count;
static void handler(int signo UNUSED) {
  count++;
}
static sigset_t none, usr1;

static bool blocked(void) {
  sigset_t now;
  NEED(sigprocmask(SIG_SETMASK, NULL, &now));
  return sigismember(&now, SIGUSR1);
}

/* A signal is pending, and the call lets it in. */
static void pending(const char *label, int (*call)(const sigset_t *, int)) {
  count = 0;
  NEED(raise(SIGUSR1));
  say("%s: before %d", label, count);
  int r = call(&none, -1);
  say("%s: %d %s, handled %d, blocked again %d", label, r, r < 0 ? errno_name(errno) : "", count, blocked());
  r = call(&none, 20);
  say("%s: %d", label, r);
}

static int p[2], ep;
static int with_ppoll(const sigset_t *mask, int ms) {
  struct pollfd f = {p[0], POLLIN, 0};
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  return ppoll(&f, 1, ms < 0 ? NULL : &t, mask);
}
static int with_pselect(const sigset_t *mask, int ms) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(p[0], &set);
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  return pselect(p[0] + 1, &set, NULL, NULL, ms < 0 ? NULL : &t, mask);
}
static int with_epoll(const sigset_t *mask, int ms) {
  struct epoll_event event;
  return epoll_pwait(ep, &event, 1, ms, mask);
}

int main(void) {
  sigemptyset(&none);
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  NEED(pipe(p));
  ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event));
  handle(SIGUSR1, handler, SA_RESTART);
  NEED(sigprocmask(SIG_BLOCK, &usr1, NULL));
  CHECK("ppoll", "a pending signal that the mask lets in ends it at once");
  pending("ppoll", with_ppoll);
  CHECK("pselect6", "a pending signal that the mask lets in ends it at once, too");
  pending("pselect", with_pselect);
  CHECK("epoll_pwait", "a pending signal that the mask lets in ends it");
  pending("epoll_pwait", with_epoll);
  CHECK("ppoll pselect6 epoll_pwait", "what is ready goes before a signal");
  NEED(write(p[1], "x", 1));
  count = 0;
  NEED(raise(SIGUSR1));
  R(with_ppoll(&none, -1));
  R(with_pselect(&none, -1));
  R(with_epoll(&none, -1));
  say("handled %d", count);
  sigset_t waiting;
  NEED(sigpending(&waiting));
  say("still pending %d", sigismember(&waiting, SIGUSR1));
  NEED(sigprocmask(SIG_UNBLOCK, &usr1, NULL));
  say("handled %d", count);
  char c;
  NEED(read(p[0], &c, 1));
  CHECK("ppoll pselect6 epoll_pwait", "the mask keeps a signal out");
  pid_t target = getpid();
  for (int i = 0; i < 3; i++) {
    count = 0;
    pid_t child = CHILD({
      sleep_ms(20);
      kill(target, SIGUSR1);
    });
    int r = i == 0 ? with_ppoll(&usr1, 60) : i == 1 ? with_pselect(&usr1, 60) : with_epoll(&usr1, 60);
    NEED(waitpid(child, NULL, 0));
    say("%d, handled %d", r, count);
  }
  CHECK("ppoll", "sizes of masks");
  struct pollfd f = {p[0], POLLIN, 0};
  struct timespec zero = {0, 0};
  R(syscall(SYS_ppoll, &f, 1, &zero, &none, 8));
  R(syscall(SYS_ppoll, &f, 1, &zero, &none, 4));
  R(syscall(SYS_ppoll, &f, 1, &zero, &none, 128));
  R(syscall(SYS_ppoll, &f, 1, &zero, NULL, 128));
  R(syscall(SYS_ppoll, &f, 1, &zero, (void *)8, 8));
  CHECK("epoll_pwait", "sizes of its masks");
  R(syscall(SYS_epoll_pwait, ep, &event, 1, 0, &none, 4));
  R(syscall(SYS_epoll_pwait, ep, &event, 1, 0, NULL, 4));
  R(syscall(SYS_epoll_pwait, ep, &event, 1, 0, (void *)8, 8));
  CHECK("pselect6", "sizes of its masks too");
  struct {
    const void *mask;
    size_t size;
  } argument = {&none, 4};
  R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &zero, &argument));
  argument.size = 8;
  R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &zero, &argument));
  argument.mask = NULL;
  argument.size = 3;
  R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &zero, &argument));
  R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &zero, (void *)8));
  return 0;
}
