// What others may do with System V objects.
#include "case.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static void all(const char *label, int s, int q, int m) {
  struct shmid_ds sd;
  struct msqid_ds qd;
  struct semid_ds md;
  say("%s:", label);
  OK(shmctl(s, IPC_STAT, &sd));
  OK(msgctl(q, IPC_STAT, &qd));
  OK(semctl(m, 0, IPC_STAT, &md));
  void *p = shmat(s, NULL, 0);
  say("attach: %s", p == (void *)-1 ? errno_name(errno) : "ok");
  if (p != (void *)-1) shmdt(p);
  p = shmat(s, NULL, SHM_RDONLY);
  say("attach to read: %s", p == (void *)-1 ? errno_name(errno) : "ok");
  if (p != (void *)-1) shmdt(p);
  struct {
    long type;
    char text;
  } t = {1, 'x'};
  R(msgsnd(q, &t, 1, IPC_NOWAIT));
  R(msgrcv(q, &t, 1, 0, IPC_NOWAIT));
  struct sembuf up = {0, 1, IPC_NOWAIT}, zero = {0, 0, IPC_NOWAIT};
  R(semop(m, &up, 1));
  R(semop(m, &zero, 1));
  R(semctl(m, 0, SETVAL, 0));
  R(semctl(m, 0, GETVAL));
}

int main(void) {
  int s = NEED(shmget(IPC_PRIVATE, 100, 0644)), q = NEED(msgget(IPC_PRIVATE, 0644)),
      m = NEED(semget(IPC_PRIVATE, 1, 0644));
  CHECK("shmctl msgctl semctl shmat msgsnd msgrcv semop", "everybody may read");
  pid_t child = CHILD({
    NEED(setuid(12345));
    all("other", s, q, m);
  });
  reap("other", child);
  CHECK("shmctl msgctl semctl", "the group may do more");
  struct shmid_ds sd;
  struct msqid_ds qd;
  struct semid_ds md;
  NEED(shmctl(s, IPC_STAT, &sd));
  NEED(msgctl(q, IPC_STAT, &qd));
  NEED(semctl(m, 0, IPC_STAT, &md));
  sd.shm_perm.gid = qd.msg_perm.gid = md.sem_perm.gid = 777;
  sd.shm_perm.mode = qd.msg_perm.mode = md.sem_perm.mode = 0660;
  NEED(shmctl(s, IPC_SET, &sd));
  NEED(msgctl(q, IPC_SET, &qd));
  NEED(semctl(m, 0, IPC_SET, &md));
  child = CHILD({
    gid_t groups[] = {777};
    NEED(setgroups(1, groups));
    NEED(setuid(12345));
    all("member", s, q, m);
  });
  reap("member", child);
  CHECK("shmctl(IPC_RMID|IPC_SET) msgctl semctl", "only the owner changes and removes");
  child = CHILD({
    NEED(setuid(12345));
    R(shmctl(s, IPC_RMID, NULL));
    R(msgctl(q, IPC_RMID, NULL));
    R(semctl(m, 0, IPC_RMID));
    R(shmctl(s, IPC_SET, &sd));
  });
  reap("other", child);
  CHECK("shmctl(IPC_SET|IPC_RMID)", "who was made the owner may");
  sd.shm_perm.uid = 12345;
  NEED(shmctl(s, IPC_SET, &sd));
  child = CHILD({
    NEED(setuid(12345));
    R(shmctl(s, IPC_SET, &sd));
    R(shmctl(s, IPC_RMID, NULL));
  });
  reap("owner", child);
  CHECK("shmget msgget semget", "keys of others");
  NEED(shmget(77, 100, IPC_CREAT | 0600));
  NEED(msgget(77, IPC_CREAT | 0600));
  NEED(semget(77, 1, IPC_CREAT | 0600));
  child = CHILD({
    NEED(setuid(12345));
    R(shmget(77, 0, 0400));
    OK(shmget(77, 0, 0));
    R(msgget(77, 0200));
    R(semget(77, 0, 0600));
    R(shmget(77, 0, IPC_CREAT | IPC_EXCL | 0600));
  });
  reap("other", child);
  return 0;
}
