// covers: ppoll pselect6 epoll_pwait epoll_pwait2
// tags: interrupts
// The mask of ppoll, pselect6 and epoll_pwait holds for the wait and for the handler that ends it; then the thread's own returns.
#include "case.h"

#include <sys/epoll.h>
static int count, p[2];
static sigset_t none, two;
static const char *blocked(const sigset_t *set) {
  static char text[64];
  sprintf(text, "USR1 %d USR2 %d HUP %d", sigismember(set, SIGUSR1), sigismember(set, SIGUSR2),
          sigismember(set, SIGHUP));
  return text;
}
static void handler(int signal) {
  sigset_t now;
  sigprocmask(SIG_BLOCK, NULL, &now);
  say("  handler %d of SIG%s: %s", ++count, sigabbrev_np(signal), blocked(&now));
}
static void own_mask(void) {
  sigset_t now;
  sigprocmask(SIG_BLOCK, NULL, &now);
  say("afterwards: %s", blocked(&now));
}
static long wait_with(const char *name, const sigset_t *mask) {
  struct pollfd poller = {p[0], POLLIN, 0};
  struct timespec limit = {2, 0};
  struct epoll_event event;
  static int ep = -1;
  if (ep < 0) ep = epoll_create1(0);
  if (strcmp(name, "ppoll") == 0) return ppoll(&poller, 1, &limit, mask);
  if (strcmp(name, "pselect6") == 0) return pselect(0, NULL, NULL, NULL, &limit, mask);
  if (strcmp(name, "epoll_pwait") == 0) return epoll_pwait(ep, &event, 1, 2000, mask);
  return syscall(441, ep, &event, 1, &limit, mask, 8);
}
static void begin(const char *name, const char *what) {
  char title[100];
  sprintf(title, "%s: %s", name, what);
  CHECK(name, title);
  count = 0;
}
static void each(const char *name) {
  begin(name, "a signal that is pending");
  raise(SIGUSR1);
  R(wait_with(name, &none));
  own_mask();
  begin(name, "a signal that comes");
  pid_t parent = getpid();
  pid_t child = CHILD({
    sleep_ms(20);
    kill(parent, SIGUSR1);
  });
  R(wait_with(name, &none));
  own_mask();
  waitpid(child, NULL, 0);
  begin(name, "two signals, one handler over the other");
  raise(SIGUSR1);
  raise(SIGUSR2);
  R(wait_with(name, &none));
  own_mask();
  begin(name, "a mask that lets one of two in");
  raise(SIGUSR1);
  raise(SIGUSR2);
  R(wait_with(name, &two));
  own_mask();
  R(wait_with(name, &none));
  begin(name, "a signal without a handler ends the process");
  reap("child", CHILD({
         signal(SIGUSR1, SIG_DFL);
         raise(SIGUSR1);
         wait_with(name, &none);
       }));
}
int main(void) {
  NEED(pipe(p));
  sigemptyset(&none);
  sigemptyset(&two);
  sigaddset(&two, SIGUSR2);
  sigaddset(&two, SIGHUP);
  sigset_t block = two;
  sigaddset(&block, SIGUSR1);
  sigdelset(&block, SIGHUP);
  sigprocmask(SIG_BLOCK, &block, NULL);
  handle(SIGUSR1, handler, SA_RESTART);
  handle(SIGUSR2, handler, 0);
  each("ppoll");
  each("pselect6");
  each("epoll_pwait");
  each("epoll_pwait2");
  return 0;
}
