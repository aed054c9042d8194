// Waiting and waking through System V shared memory.
#include "case.h"

#include <linux/futex.h>
#include <sys/shm.h>

static long futex(int *word, int operation, int value) {
  struct timespec limit = {10, 0};
  return syscall(SYS_futex, word, operation, value, &limit, NULL, 0);
}

int main(void) {
  int id = NEED(shmget(IPC_PRIVATE, 8192, 0600));
  int *here = shmat(id, NULL, 0), *there = shmat(id, NULL, 0);
  NEED(shmctl(id, IPC_RMID, NULL));
  CHECK("futex(FUTEX_WAIT|FUTEX_WAKE) shmat", "a child at its own address");
  pid_t child = CHILD({
    shmdt(here);
    int *own = there;
    while (*own == 0) futex(own, FUTEX_WAIT, 0);
    own[1] = 5;
    futex(own + 1, FUTEX_WAKE, 1);
  });
  sleep_ms(20);
  *here = 1;
  T(futex(here, FUTEX_WAKE, 1) <= 1);
  while (here[1] == 0) futex(here + 1, FUTEX_WAIT, 0);
  say("%d", here[1]);
  reap("child", child);
  CHECK("futex", "the two places are one word");
  child = CHILD({ T(futex(there + 2, FUTEX_WAIT, 0) == 0); });
  while (futex(here + 2, FUTEX_WAKE, 1) == 0) sleep_ms(5);
  reap("waiter", child);
  CHECK("futex(FUTEX_WAIT|FUTEX_PRIVATE_FLAG)", "a private word is another");
  struct timespec short_time = {0, 20000000};
  child = CHILD({ R(syscall(SYS_futex, there + 3, FUTEX_WAIT_PRIVATE, 0, &short_time, NULL, 0)); });
  for (int i = 0; i < 20; i++) futex(here + 3, FUTEX_WAKE, 1);
  reap("waiter", child);
  CHECK("shmat mprotect", "the second page");
  here[1500] = 12;
  say("%d", there[1500]);
  CHECK("shmdt", "the other attachment stays");
  R(shmdt(here));
  there[1] = 9;
  say("%d", there[1]);
  R(shmdt(there));
  R(shmdt(there));
  return 0;
}
