// Keys: which object they name, and what is checked first.
#include "case.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void) {
  CHECK("stat", "ftok");
  put("a", "");
  put("b", "");
  key_t a = ftok("a", 1), a2 = ftok("a", 2), b = ftok("b", 1);
  T(a == ftok("a", 1) && a != a2 && a != b);
  T(ftok("nothing", 1) == -1);
  T((a & 0xff000000) == 0x01000000);
  CHECK("shmget msgget semget", "one key names an object of each kind");
  OK(shmget(a, 100, IPC_CREAT | 0600));
  OK(msgget(a, IPC_CREAT | 0600));
  OK(semget(a, 2, IPC_CREAT | 0600));
  CHECK("shmget", "sizes of what is there");
  OK(shmget(a, 0, 0));
  OK(shmget(a, 100, 0));
  R(shmget(a, 101, 0));
  R(shmget(a, 101, IPC_CREAT | IPC_EXCL));
  CHECK("semget", "counts of what is there");
  OK(semget(a, 0, 0));
  OK(semget(a, 1, 0));
  R(semget(a, 3, 0));
  R(semget(a, -1, 0));
  CHECK("shmget msgget semget", "keys that nobody has");
  R(shmget(a2, 100, 0));
  R(msgget(a2, 0));
  R(semget(a2, 1, 0));
  R(shmget(a2, 0, IPC_CREAT));
  R(semget(a2, 0, IPC_CREAT));
  CHECK("shmget", "IPC_EXCL alone means nothing");
  OK(shmget(a, 100, IPC_EXCL));
  CHECK("shmctl msgctl semctl", "numbers of another kind");
  int q = msgget(a, 0);
  NEED(msgctl(q, IPC_RMID, NULL));
  R(msgctl(q, IPC_RMID, NULL));
  R(msgctl(-1, IPC_RMID, NULL));
  R(shmctl(0x7fffffff, IPC_RMID, NULL));
  R(semctl(-5, 0, IPC_RMID));
  CHECK("msgget", "a number is not used again at once");
  int q2 = NEED(msgget(a, IPC_CREAT | 0600));
  T(q2 != q);
  struct msqid_ds d;
  R(msgctl(q, IPC_STAT, &d));
  return 0;
}
