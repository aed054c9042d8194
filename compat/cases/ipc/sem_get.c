// Making and finding sets of semaphores: keys, flags, counts, permissions.
#include "case.h"

#include <sys/sem.h>
#define KEY 0x7eed0001
int main(void) {
  CHECK("semget(IPC_CREAT|IPC_EXCL)", "a key names one set");
  R(semget(KEY, 1, 0600));
  int id = NEED(semget(KEY, 3, IPC_CREAT | IPC_EXCL | 0640));
  R(semget(KEY, 3, IPC_CREAT | IPC_EXCL | 0640));
  T(semget(KEY, 3, IPC_CREAT | 0600) == id);
  T(semget(KEY, 0, 0) == id);
  T(semget(KEY, 2, 0400) == id);
  CHECK("semget", "counts");
  R(semget(KEY, 4, 0600));
  R(semget(IPC_PRIVATE, 0, 0600));
  R(semget(IPC_PRIVATE, -1, 0600));
  R(semget(IPC_PRIVATE, 32001, 0600));
  int most = NEED(semget(IPC_PRIVATE, 32000, 0600));
  OK(semctl(most, 31999, SETVAL, 7));
  R(semctl(most, 31999, GETVAL));
  R(semctl(most, 32000, GETVAL));
  OK(semctl(most, 0, IPC_RMID));
  CHECK("semget(IPC_PRIVATE)", "a private set is always a new one");
  int one = NEED(semget(IPC_PRIVATE, 1, 0)), two = NEED(semget(IPC_PRIVATE, 1, 0));
  T(one != two);
  OK(semctl(one, 0, IPC_RMID));
  OK(semctl(two, 0, IPC_RMID));
  CHECK("semget", "permissions of others");
  reap("stranger", CHILD({
         NEED(setgroups(0, NULL));
         NEED(setgid(4321));
         NEED(setuid(1234));
         R(semget(KEY, 3, 0400));
         R(semget(KEY, 3, 0004));
         R(semget(KEY, 3, 0002));
         T(semget(KEY, 3, 0) >= 0);
         R(semget(KEY, 4, 0400));
       }));
  CHECK("semctl(IPC_RMID)", "an identifier that is gone");
  OK(semctl(id, 0, IPC_RMID));
  R(semget(KEY, 3, 0600));
  R(semctl(id, 0, GETVAL));
  R(semctl(-1, 0, GETVAL));
  R(semctl(0x7fff, 0, GETVAL));
  int next = NEED(semget(KEY, 1, IPC_CREAT | 0600));
  T(next != id);
  OK(semctl(next, 0, IPC_RMID));
  return 0;
}
