// The newer futex calls.
#include "case.h"

#define SIZE_U32 2
static uint32_t word;
struct waiter {
  uint64_t value, address;
  uint32_t flags, reserved;
};
int main(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  CHECK("futex_wait", "values, times and flags");
  R(syscall(455, &word, 1, 0xffffffffUL, SIZE_U32, NULL, CLOCK_MONOTONIC));
  R(syscall(455, &word, 0, 0xffffffffUL, SIZE_U32, &now, CLOCK_MONOTONIC));
  R(syscall(455, &word, 0, 0UL, SIZE_U32, NULL, CLOCK_MONOTONIC));
  R(syscall(455, &word, 0, 0xffffffffUL, 0xff00, NULL, CLOCK_MONOTONIC));
  CHECK("futex_wake", "nobody waits; flags");
  R(syscall(454, &word, 0xffffffffUL, 1, SIZE_U32));
  R(syscall(454, &word, 0xffffffffUL, 1, 0xff00));
  R(syscall(454, (char *)&word + 1, 0xffffffffUL, 1, SIZE_U32));
  CHECK("futex_requeue", "nobody waits; values");
  struct waiter pair[2] = {{0, (uintptr_t)&word, SIZE_U32, 0}, {0, (uintptr_t)&word, SIZE_U32, 0}};
  R(syscall(456, pair, 0, 1, 1));
  pair[0].value = 5;
  R(syscall(456, pair, 0, 1, 1));
  CHECK("futex_waitv", "values, times and counts");
  pair[0].value = 0;
  R(syscall(449, pair, 2, 0, &now, CLOCK_MONOTONIC));
  pair[1].value = 1;
  R(syscall(449, pair, 2, 0, NULL, CLOCK_MONOTONIC));
  R(syscall(449, pair, 0, 0, NULL, CLOCK_MONOTONIC));
  R(syscall(449, pair, 200, 0, NULL, CLOCK_MONOTONIC));
  R(syscall(449, pair, 1, 1, NULL, CLOCK_MONOTONIC));
  return 0;
}
