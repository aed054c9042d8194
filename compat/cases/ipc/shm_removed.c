// Segments whose key is gone, and that are still used.
#include "case.h"

#include <sys/shm.h>

int main(void) {
  CHECK("shmctl(IPC_RMID) shmget", "the key is free at once");
  int id = NEED(shmget(0x5151, 4096, IPC_CREAT | 0600));
  int *p = shmat(id, NULL, 0);
  *p = 7;
  R(shmctl(id, IPC_RMID, NULL));
  R(shmget(0x5151, 0, 0600));
  int again = NEED(shmget(0x5151, 100, IPC_CREAT | IPC_EXCL | 0600));
  T(again != id);
  CHECK("shmctl(IPC_STAT)", "what it says of itself");
  struct shmid_ds d;
  R(shmctl(id, IPC_STAT, &d));
  say("key %d, mode %o, attached %lu", d.shm_perm.__key, d.shm_perm.mode & 07777, d.shm_nattch);
  CHECK("shmat", "others can still attach it by its number");
  int *second = shmat(id, NULL, 0);
  say("%d", *second);
  pid_t child = CHILD({
    int *third = shmat(id, NULL, 0);
    say("child: %d", *third);
    *third = 9;
  });
  reap("child", child);
  say("%d", *p);
  CHECK("shmctl(IPC_RMID)", "a second time");
  R(shmctl(id, IPC_RMID, NULL));
  CHECK("shmdt shmctl", "the last one takes it along");
  R(shmdt(p));
  R(shmctl(id, IPC_STAT, &d));
  R(shmdt(second));
  R(shmctl(id, IPC_STAT, &d));
  T(shmat(id, NULL, 0) == (void *)-1);
  CHECK("execve shmat", "a new program has no attachments");
  p = shmat(again, NULL, 0);
  NEED(shmctl(again, IPC_RMID, NULL));
  child = CHILD({
    struct shmid_ds own;
    NEED(shmctl(again, IPC_STAT, &own));
    say("attached %lu", own.shm_nattch);
    execl("/bin/true", "true", NULL);
  });
  reap("program", child);
  NEED(shmctl(again, IPC_STAT, &d));
  say("attached %lu", d.shm_nattch);
  CHECK("munmap", "taking it out of memory detaches it, too");
  R(munmap(p, 4096));
  R(shmctl(again, IPC_STAT, &d));
  return 0;
}
