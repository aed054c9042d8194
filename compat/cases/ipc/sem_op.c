// Several operations happen together or not at all; limits and errors.
#include "case.h"

#include <sys/sem.h>
static int id;
static long op(int n, int delta, int flags) {
  struct sembuf one = {n, delta, flags};
  return semop(id, &one, 1);
}
static void values(void) {
  say("%d %d %d", semctl(id, 0, GETVAL), semctl(id, 1, GETVAL), semctl(id, 2, GETVAL));
}
int main(void) {
  id = NEED(semget(IPC_PRIVATE, 3, 0600));
  CHECK("semop(IPC_NOWAIT)", "one operation");
  R(op(0, 2, 0));
  R(op(0, -1, 0));
  R(op(0, -2, IPC_NOWAIT));
  R(op(0, 0, IPC_NOWAIT));
  R(op(0, -1, IPC_NOWAIT));
  R(op(0, 0, IPC_NOWAIT));
  values();
  CHECK("semop(IPC_NOWAIT)", "all or nothing");
  struct sembuf both[] = {{0, 1, 0}, {1, -1, IPC_NOWAIT}, {2, 1, 0}};
  R(semop(id, both, 3));
  values();
  NEED(op(1, 1, 0));
  R(semop(id, both, 3));
  values();
  CHECK("semop(IPC_NOWAIT)", "the same semaphore twice");
  struct sembuf twice[] = {{0, -1, 0}, {0, 0, IPC_NOWAIT}, {0, 3, 0}, {0, -1, IPC_NOWAIT}};
  R(semop(id, twice, 4));
  values();
  R(semop(id, twice, 4));
  values();
  CHECK("semop", "too large and too many");
  NEED(semctl(id, 0, SETVAL, 32767));
  R(op(0, 1, IPC_NOWAIT));
  R(op(0, 32767, 0));
  R(op(0, -32768, IPC_NOWAIT));
  R(op(3, 1, 0));
  R(op(65535, 0, 0));
  struct sembuf many[501];
  for (int i = 0; i < 501; i++) many[i] = (struct sembuf){1, 1, 0};
  R(semop(id, many, 501));
  R(semop(id, many, 500));
  R(semctl(id, 1, GETVAL));
  R(semop(id, many, 0));
  R(semop(-1, many, 1));
  R(semop(0x7fffffff, many, 1));
  CHECK("semop(SEM_UNDO)", "adjustments that are too large");
  NEED(semctl(id, 0, SETVAL, 0));
  reap("child", CHILD({
         R(op(0, 32767, SEM_UNDO));
         R(op(0, -32767, 0));
         R(op(0, 2, SEM_UNDO));
         R(op(0, 1, SEM_UNDO));
         R(op(0, 0, IPC_NOWAIT));
       }));
  CHECK("semtimedop", "times");
  NEED(semctl(id, 2, SETVAL, 0));
  struct timespec brief = {0, 20000000}, zero = {0, 0}, wrong = {0, 1000000000}, negative = {-1, 0};
  struct sembuf take = {2, -1, 0};
  long long start = now_ms();
  R(semtimedop(id, &take, 1, &brief));
  T(now_ms() - start >= 19);
  R(semtimedop(id, &take, 1, &zero));
  R(semtimedop(id, &take, 1, &wrong));
  R(semtimedop(id, &take, 1, &negative));
  take.sem_flg = IPC_NOWAIT;
  R(semtimedop(id, &take, 1, &brief));
  BAD_POINTERS("semop", 4, semop(id, bad, 1));
  BAD_POINTERS("semtimedop", 4, semtimedop(id, &take, 1, bad));
  R(semctl(id, 0, IPC_RMID));
  return 0;
}
