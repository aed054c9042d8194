// libs: -lpthread
// The raw call: wait, wake, bitsets, requeue, timeouts, errors; between processes.
#include "case.h"

#include <linux/futex.h>
static uint32_t *word;
static long futex(uint32_t *address, int op, uint32_t value, void *timeout, void *second, uint32_t third) {
  return syscall(SYS_futex, address, op, value, timeout, second, third);
}
static void *waiter(void *argument) {
  return (void *)futex(word, FUTEX_WAIT, 0, NULL, NULL, 0);
}
static void *bit_waiter(void *argument) {
  return (void *)futex(word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 4);
}
int main(void) {
  word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct timespec brief = {0, 20000000}, bad = {0, 1000000000};
  CHECK("futex(FUTEX_WAIT)", "values, timeouts");
  R(futex(word, FUTEX_WAIT, 1, NULL, NULL, 0));
  R(futex(word, FUTEX_WAIT, 0, &brief, NULL, 0));
  R(futex(word, FUTEX_WAIT, 0, &bad, NULL, 0));
  CHECK("futex(FUTEX_WAKE)", "nobody waits");
  R(futex(word, FUTEX_WAKE, 1, NULL, NULL, 0));
  CHECK("futex", "addresses, operations, bits");
  R(futex((uint32_t *)((char *)word + 1), FUTEX_WAKE, 1, NULL, NULL, 0));
  R(futex((uint32_t *)8, FUTEX_WAIT, 0, NULL, NULL, 0));
  R(futex(word, 99, 0, NULL, NULL, 0));
  R(futex(word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
  CHECK("futex(FUTEX_WAKE|FUTEX_REQUEUE|FUTEX_CMP_REQUEUE)", "four waiters");
  pthread_t ids[4];
  for (int i = 0; i < 4; i++) pthread_create(&ids[i], NULL, waiter, NULL);
  sleep_ms(100);
  R(futex(word, FUTEX_WAKE, 1, NULL, NULL, 0));
  R(futex(word, FUTEX_REQUEUE, 1, (void *)1, word + 1, 0));
  R(futex(word, FUTEX_CMP_REQUEUE, 0, (void *)10, word + 1, 5));
  R(futex(word, FUTEX_WAKE, 10, NULL, NULL, 0));
  R(futex(word + 1, FUTEX_WAKE, 10, NULL, NULL, 0));
  for (int i = 0; i < 4; i++) pthread_join(ids[i], NULL);
  CHECK("futex(FUTEX_WAIT_BITSET|FUTEX_WAKE_BITSET)", "by bits");
  pthread_create(ids, NULL, bit_waiter, NULL);
  sleep_ms(50);
  R(futex(word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 3));
  R(futex(word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 6));
  pthread_join(*ids, NULL);
  CHECK("futex(FUTEX_WAIT_BITSET)", "a time that is past");
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  R(futex(word, FUTEX_WAIT_BITSET, 0, &now, NULL, ~0U));
  CHECK("futex(FUTEX_WAIT|FUTEX_WAKE)", "between processes, not FUTEX_PRIVATE_FLAG");
  struct gate started = new_gate();
  pid_t child = CHILD(tell(started); _exit(futex(word, FUTEX_WAIT, 0, NULL, NULL, 0) == 0 ? 11 : 12));
  await(started);
  sleep_ms(60);
  R(futex(word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
  // On a busy machine it may still be on its way.
  long woken = 0;
  for (int i = 0; i < 200 && (woken = futex(word, FUTEX_WAKE, 1, NULL, NULL, 0)) == 0; i++) sleep_ms(10);
  R(woken);
  reap("child", child);
  CHECK("futex(FUTEX_WAKE_OP)", "adds");
  word[1] = 5;
  R(futex(word, FUTEX_WAKE_OP, 0, 0, word + 1, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5)));
  R(word[1]);
  return 0;
}
