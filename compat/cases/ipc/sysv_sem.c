// tags: sysv-ipc
// System V semaphores: values, operations that wait, undoing.
#include "case.h"

#include <sys/ipc.h>
#include <sys/sem.h>
static long op(int id, int number, int change, int flags) {
  struct sembuf operation = {number, change, flags};
  return syscall(SYS_semop, id, &operation, 1);
}
int main(void) {
  CHECK("semget(IPC_PRIVATE)", "a set, sizes that are refused");
  int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
  T(id >= 0);
  R(semget(IPC_PRIVATE, -1, IPC_CREAT | 0600));
  R(semget(0x7a7b7c02, 1, 0));
  CHECK("semctl(SETVAL|GETVAL)", "values and their range");
  R(semctl(id, 0, GETVAL));
  R(semctl(id, 1, SETVAL, 5));
  R(semctl(id, 1, GETVAL));
  R(semctl(id, 1, SETVAL, -1));
  R(semctl(id, 1, SETVAL, 40000));
  R(semctl(id, 3, GETVAL));
  CHECK("semop", "adds, subtracts, does not wait");
  R(op(id, 1, -3, 0));
  R(op(id, 1, -3, IPC_NOWAIT));
  R(op(id, 0, 0, 0));
  R(op(id, 1, 0, IPC_NOWAIT));
  R(op(id, 7, 1, 0));
  CHECK("semop", "all or nothing");
  struct sembuf both[2] = {{0, 1, 0}, {1, -9, IPC_NOWAIT}};
  R(syscall(SYS_semop, id, both, 2));
  R(semctl(id, 0, GETVAL));
  CHECK("semop", "waits for another process");
  pid_t child = CHILD({
    sleep_ms(30);
    op(id, 2, 1, 0);
  });
  R(op(id, 2, -1, 0));
  reap("child", child);
  CHECK("semop(SEM_UNDO)", "is undone when the process ends");
  reap("child", CHILD(op(id, 0, 4, SEM_UNDO)));
  R(semctl(id, 0, GETVAL));
  CHECK("semtimedop", "a time limit");
  struct sembuf wanted = {0, -1, 0};
  struct timespec brief = {0, 20000000};
  R(semtimedop(id, &wanted, 1, &brief));
  CHECK("semctl(SETALL|GETALL)", "all values");
  unsigned short values[3] = {7, 8, 9}, back[3] = {0};
  R(semctl(id, 0, SETALL, values));
  R(semctl(id, 0, GETALL, back));
  say("%d %d %d", back[0], back[1], back[2]);
  CHECK("semctl(GETPID|GETNCNT|GETZCNT)", "who, and how many wait");
  op(id, 0, -1, 0);
  T(semctl(id, 0, GETPID) == getpid());
  R(semctl(id, 0, GETNCNT));
  R(semctl(id, 0, GETZCNT));
  CHECK("semctl(IPC_RMID)", "gone");
  R(semctl(id, 0, IPC_RMID));
  R(semctl(id, 0, GETVAL));
  R(op(id, 0, 1, 0));
  R(semctl(-1, 0, IPC_RMID));
  return 0;
}
