// tags: sysv-ipc
// System V shared memory: segments, attaching, permissions, removal.
#include "case.h"

#include <sys/ipc.h>
#include <sys/shm.h>
static bool usable(void *map) {
  return map != (void *)-1 && map != NULL;
}
int main(void) {
  struct shmid_ds info = {0};
  CHECK("shmget(IPC_PRIVATE)", "a segment, sizes that are refused");
  int id = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0640);
  T(id >= 0);
  R(shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
  R(shmget(0x7a7b7c01, 100, 0));
  CHECK("shmat", "zeroed memory that can be written");
  char *map = shmat(id, NULL, 0);
  T(usable(map) && map[4999] == 0);
  if (usable(map)) strcpy(map, "written");
  CHECK("shmat(SHM_RDONLY)", "the same memory, read only");
  char *reader = shmat(id, NULL, SHM_RDONLY);
  T(usable(reader) && strcmp(reader, "written") == 0);
  reap("writer", CHILD(if (usable(reader)) *reader = 1));
  CHECK("shmat", "a child has it");
  reap("child", CHILD({
         T(usable(map) && strcmp(map, "written") == 0);
         if (usable(map)) strcpy(map, "by the child");
       }));
  T(usable(map) && strcmp(map, "by the child") == 0);
  CHECK("shmctl(IPC_STAT)", "size, mode, attachments");
  R(shmctl(id, IPC_STAT, &info));
  say("size %zu mode %o attached %ld", (size_t)info.shm_segsz, info.shm_perm.mode & 0777,
      (long)info.shm_nattch);
  T(info.shm_cpid == getpid());
  CHECK("shmctl(IPC_SET)", "the mode");
  info.shm_perm.mode = 0600;
  R(shmctl(id, IPC_SET, &info));
  NEED(shmctl(id, IPC_STAT, &info) == 0 || true ? 0 : -1);
  say("mode %o", info.shm_perm.mode & 0777);
  CHECK("shmdt", "once");
  R(shmdt(reader));
  R(shmdt(reader));
  R(shmdt((void *)8));
  CHECK("shmctl(IPC_RMID)", "gone when nobody is attached any more");
  R(shmctl(id, IPC_RMID, NULL));
  T(usable(map) && strcmp(map, "by the child") == 0);
  R(shmdt(map));
  R(shmctl(id, IPC_STAT, &info));
  T(shmat(id, NULL, 0) == (void *)-1);
  CHECK("shmctl shmat", "segments and commands that are none");
  R(shmctl(-1, IPC_STAT, &info));
  R(shmctl(-1, 9999, &info));
  T(shmat(-1, NULL, 0) == (void *)-1);
  return 0;
}
