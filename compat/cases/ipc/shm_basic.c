// Shared memory: made, attached, seen by others, counted, removed.
#include "case.h"

#include <sys/shm.h>
#define KEY 0x7eed0020
static unsigned long attached(int id) {
  struct shmid_ds ds;
  return shmctl(id, IPC_STAT, &ds) == -1 ? 999 : ds.shm_nattch;
}
static void show(int id) {
  struct shmid_ds ds;
  time_t now = time(NULL);
  R(shmctl(id, IPC_STAT, &ds));
  say("mode %o size %zu attached %lu creator %d last %d times %d %d %d", ds.shm_perm.mode, ds.shm_segsz,
      (unsigned long)ds.shm_nattch, ds.shm_cpid == getpid(), ds.shm_lpid == getpid(), now - ds.shm_atime < 10,
      now - ds.shm_dtime < 10, now - ds.shm_ctime < 10);
}
int main(int argc, char **argv) {
  if (argc > 1) {
    char *there = shmat(atoi(argv[1] + 1), NULL, 0);
    say("another program reads: %s", there);
    strcpy(there, "written by another program");
    return 0;
  }
  CHECK("shmget(IPC_CREAT|IPC_EXCL)", "a key names one segment");
  R(shmget(KEY, 4096, 0600));
  int id = NEED(shmget(KEY, 10000, IPC_CREAT | IPC_EXCL | 0640));
  R(shmget(KEY, 10000, IPC_CREAT | IPC_EXCL | 0640));
  T(shmget(KEY, 10000, IPC_CREAT | 0600) == id);
  T(shmget(KEY, 0, 0) == id);
  R(shmget(KEY, 10001, 0));
  R(shmget(IPC_PRIVATE, 0, 0600));
  R(shmget(IPC_PRIVATE, -1, 0600));
  show(id);
  CHECK("shmat shmdt", "attached twice, both see the same bytes");
  char *one = shmat(id, NULL, 0), *two = shmat(id, NULL, SHM_RDONLY);
  T(one != (char *)-1 && two != (char *)-1 && one != two);
  strcpy(one + 4090, "over the edge of a page");
  say("%s", two + 4090);
  T(one[12287] == 0);
  show(id);
  R(shmdt(two));
  R(shmdt(two));
  R(shmdt(one + 4096));
  R(shmdt(one + 1));
  show(id);
  CHECK("fork execve", "attachments of children");
  struct gate ready = new_gate(), go = new_gate();
  pid_t child = CHILD({
    strcpy(one, "written by the child");
    tell(ready);
    await(go);
  });
  await(ready);
  say("%s", one);
  R(attached(id));
  tell(go);
  reap("child", child);
  R(attached(id));
  char argument[32];
  sprintf(argument, "@%d", id);
  child = CHILD(execl("/proc/self/exe", self, argument, NULL));
  reap("program", child);
  say("%s", one);
  R(attached(id));
  CHECK("vfork", "a child in the same memory is no further attachment");
  child = vfork();
  if (child == 0) {
    R(attached(id));
    _exit(0);
  }
  reap("child", child);
  R(attached(id));
  CHECK("munmap mprotect", "attachments cut into pieces");
  NEED(mprotect(one + 4096, 4096, PROT_READ));
  R(attached(id));
  NEED(munmap(one + 4096, 4096));
  R(attached(id));
  R(shmdt(one));
  R(attached(id));
  R(shmdt(one));
  one = shmat(id, NULL, 0);
  NEED(munmap(one, 12288));
  R(attached(id));
  R(shmdt(one));
  CHECK("shmdt", "what others have mapped in between stays");
  one = shmat(id, NULL, 0);
  char *between =
      mmap(one + 4096, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  strcpy(between, "still there");
  R(attached(id));
  R(shmdt(one));
  say("%s", between);
  R(attached(id));
  unsigned char in_core;
  R(mincore(one, 4096, &in_core));
  R(mincore(one + 8192, 4096, &in_core));
  munmap(between, 4096);
  CHECK("mremap", "attachments that were moved");
  one = shmat(id, NULL, 0);
  strcpy(one, "moved");
  char *moved = mremap(one, 12288, 12288, MREMAP_MAYMOVE | MREMAP_FIXED, one + (1 << 20));
  T(moved == one + (1 << 20));
  say("%s, %lu", moved, attached(id));
  R(shmdt(moved));
  R(attached(id));
  CHECK("shmctl(IPC_RMID)", "a segment in use goes with its last attachment");
  one = shmat(id, NULL, 0);
  strcpy(one, "the last words");
  child = CHILD({
    tell(ready);
    await(go);
    say("%s", one);
  });
  await(ready);
  R(shmctl(id, IPC_RMID, NULL));
  R(shmget(KEY, 0, 0));
  show(id);
  two = shmat(id, NULL, 0);
  say("%s", two);
  R(shmdt(two));
  R(shmdt(one));
  R(attached(id));
  tell(go);
  reap("child", child);
  R(attached(id));
  R((long)shmat(id, NULL, 0));
  CHECK("exit_group", "a holder that is killed");
  id = NEED(shmget(IPC_PRIVATE, 4096, 0600));
  child = CHILD({
    shmat(id, NULL, 0);
    tell(ready);
    pause();
  });
  await(ready);
  R(shmctl(id, IPC_RMID, NULL));
  R(attached(id));
  kill(child, SIGKILL);
  reap("child", child);
  R(attached(id));
  CHECK("shmctl(IPC_RMID)", "not in use: gone at once");
  id = NEED(shmget(IPC_PRIVATE, 4096, 0600));
  R(shmctl(id, IPC_RMID, NULL));
  R(shmctl(id, IPC_RMID, NULL));
  R(shmget(IPC_PRIVATE, 4096, 0600) >= 0);
  return 0;
}
