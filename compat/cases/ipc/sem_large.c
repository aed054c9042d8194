// Sets of many semaphores.
#include "case.h"

#include <sys/sem.h>

int main(void) {
  static unsigned short values[32000], got[32000];
  CHECK("semget", "as many as there may be in a set");
  int id = semget(IPC_PRIVATE, 32000, 0600);
  OK(id);
  R(semget(IPC_PRIVATE, 32001, 0600));
  CHECK("semctl(SETALL|GETALL)", "all of them");
  for (int i = 0; i < 32000; i++) values[i] = i;
  R(semctl(id, 0, SETALL, values));
  R(semctl(id, 0, GETALL, got));
  T(memcmp(values, got, sizeof values) == 0);
  CHECK("semctl(SETALL)", "one value that is too large changes none");
  values[31999] = 32768;
  values[0] = 1;
  R(semctl(id, 0, SETALL, values));
  R(semctl(id, 0, GETVAL));
  CHECK("semop", "five hundred operations");
  struct sembuf ops[501];
  for (int i = 0; i < 501; i++) ops[i] = (struct sembuf){i * 60, 1, 0};
  R(semop(id, ops, 500));
  R(semop(id, ops, 501));
  R(semctl(id, 499 * 60, GETVAL));
  R(semctl(id, 499 * 60 + 1, GETVAL));
  CHECK("semop(IPC_NOWAIT)", "the last of many cannot go on");
  ops[499] = (struct sembuf){0, -1000, IPC_NOWAIT};
  R(semop(id, ops, 500));
  R(semctl(id, 60, GETVAL));
  CHECK("semctl", "numbers beyond the set");
  R(semctl(id, 32000, GETVAL));
  R(semctl(id, -1, GETVAL));
  ops[0].sem_num = 32000;
  R(semop(id, ops, 1));
  R(semop(id, ops, 0));
  R(semctl(id, 0, IPC_RMID));
  return 0;
}
