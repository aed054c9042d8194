// covers: futex_waitv
// Waiting on several futexes at once.
#include "case.h"

struct waitv {
  uint64_t val, addr;
  uint32_t flags, reserved;
};
#define FUTEX_32 2
static uint32_t *words;
static long waitv(struct waitv *list, unsigned count, int milliseconds) {
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_nsec += milliseconds * 1000000L;
  end.tv_sec += end.tv_nsec / 1000000000;
  end.tv_nsec %= 1000000000;
  return syscall(449, list, count, 0, &end, CLOCK_MONOTONIC);
}
int main(void) {
  words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct waitv list[3];
  for (int i = 0; i < 3; i++) list[i] = (struct waitv){0, (uintptr_t)&words[i], FUTEX_32, 0};
  CHECK("futex_waitv", "times out, and compares before it sleeps");
  R(waitv(list, 3, 30));
  list[1].val = 7;
  R(waitv(list, 3, 30));
  list[1].val = 0;
  CHECK("futex_waitv", "tells which one was woken, across processes");
  pid_t child = CHILD({
    sleep_ms(60);
    syscall(SYS_futex, &words[2], 1, 1, NULL, NULL, 0);
  });
  R(waitv(list, 3, 900));
  reap("child", child);
  CHECK("futex_waitv", "errors");
  R(waitv(list, 0, 10));
  R(waitv(list, 129, 10));
  list[0].flags = 0x100;
  R(waitv(list, 3, 10));
  return 0;
}
