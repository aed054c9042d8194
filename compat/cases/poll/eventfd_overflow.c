// covers: write read poll
// An eventfd that is full: writes wait, and are let in by reads.
#include "case.h"

#include <sys/eventfd.h>
static int fd;
static long add(uint64_t n) {
  return write(fd, &n, 8);
}
static void state(const char *label) {
  struct pollfd f = {fd, 0x7fff, 0};
  NEED(poll(&f, 1, 0));
  say("%s: %#x", label, f.revents);
}

int main(void) {
  uint64_t n;
  fd = NEED(eventfd(0, EFD_NONBLOCK));
  CHECK("write", "the most that it holds");
  state("zero");
  R(add(0));
  state("zero added");
  R(add(0xfffffffffffffffdul));
  state("one below the most");
  R(add(1));
  state("the most");
  R(add(1));
  R(add(0));
  R(read(fd, &n, 8));
  T(n == 0xfffffffffffffffeul);
  R(add(0xffffffffffffffffu));
  R(add(0xfffffffffffffffful));
  CHECK("write", "waits until it fits");
  fd = NEED(eventfd(0, 0));
  NEED(add(0xfffffffffffffff0ul));
  long long start = now_ms();
  pid_t child = CHILD({
    sleep_ms(40);
    NEED(read(fd, &n, 8));
  });
  R(add(0x20));
  T(now_ms() - start >= 20);
  reap("reader", child);
  R(read(fd, &n, 8));
  say("%ld", (long)n);
  CHECK("write", "a small one goes before a large one that waits");
  NEED(add(0xfffffffffffffff0ul));
  child = CHILD({ NEED(add(0x20)); });
  sleep_ms(30);
  R(add(4));
  R(read(fd, &n, 8));
  T(n == 0xfffffffffffffff4ul);
  reap("writer", child);
  R(read(fd, &n, 8));
  say("%ld", (long)n);
  CHECK("read", "waits until there is something, and a signal ends it");
  child = CHILD({
    signal(SIGALRM, SIG_DFL);
    struct itimerval soon = {{0, 0}, {0, 40000}};
    setitimer(ITIMER_REAL, &soon, NULL);
    read(fd, &n, 8);
  });
  reap("reader", child);
  return 0;
}
