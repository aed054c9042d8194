// The program break moves and gives zeroed memory.
#include "case.h"

int main(void) {
  CHECK("brk", "grows by zeroed memory");
  char *start = sbrk(0);
  T(start != (char *)-1);
  T(sbrk(8192) == start);
  T(sbrk(0) == start + 8192);
  R(start[0]);
  memset(start, 7, 8192);
  CHECK("brk", "gives back, and zeroes again");
  T(sbrk(-4096) == start + 8192);
  T(sbrk(4096) == start + 4096);
  R(start[0]);
  R(start[5000]);
  CHECK("brk", "addresses that are none");
  T((char *)syscall(SYS_brk, 0) == start + 8192);
  T((char *)syscall(SYS_brk, 1) == start + 8192);
  T(sbrk(1L << 46) == (void *)-1 && errno == ENOMEM);
  CHECK("brk", "a child's own");
  pid_t child = CHILD({
    T(sbrk(0) == start + 8192);
    sbrk(4096);
    R(start[0]);
  });
  reap("child", child);
  T(sbrk(0) == start + 8192);
  CHECK("brk prlimit64(RLIMIT_DATA)", "ENOMEM at the limit");
  struct rlimit limit = {1 << 20, RLIM_INFINITY};
  getrlimit(RLIMIT_DATA, &limit);
  limit.rlim_cur = 1 << 20;
  NEED(setrlimit(RLIMIT_DATA, &limit));
  T(sbrk(16 << 20) == (void *)-1 && errno == ENOMEM);
  return 0;
}
