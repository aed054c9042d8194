// What shmctl tells and changes; limits; how attachments look in /proc.
#include "case.h"

#include <sys/shm.h>
static int id;
static void maps(const char *what) {
  FILE *file = fopen("/proc/self/maps", "r");
  char line[512];
  while (fgets(line, sizeof line, file)) {
    char *name = strstr(line, "/SYSV");
    char rights[8];
    unsigned long inode;
    if (name && sscanf(line, "%*s %7s %*s %*s %lu", rights, &inode) == 2)
      printf("%s: %s %s %s", what, rights, inode == (unsigned long)id ? "its own number" : "?", name);
  }
  fflush(stdout);
  fclose(file);
}
int main(void) {
  struct shmid_ds ds;
  id = NEED(shmget(0x7eed0021, 8192, IPC_CREAT | 0640));
  CHECK("shmctl(IPC_SET|IPC_STAT)", "owner and permissions");
  NEED(shmctl(id, IPC_STAT, &ds));
  T(ds.shm_perm.__key == 0x7eed0021);
  say("mode %o uid %d %d gid %d %d", ds.shm_perm.mode, ds.shm_perm.uid, ds.shm_perm.cuid, ds.shm_perm.gid,
      ds.shm_perm.cgid);
  ds.shm_perm.uid = 1234;
  ds.shm_perm.gid = 4321;
  ds.shm_perm.mode = 07604;
  ds.shm_segsz = 1;
  R(shmctl(id, IPC_SET, &ds));
  NEED(shmctl(id, IPC_STAT, &ds));
  say("mode %o uid %d %d gid %d %d size %zu", ds.shm_perm.mode, ds.shm_perm.uid, ds.shm_perm.cuid,
      ds.shm_perm.gid, ds.shm_perm.cgid, ds.shm_segsz);
  CHECK("shmctl(SHM_LOCK|SHM_UNLOCK)", "locked segments say so");
  R(shmctl(id, SHM_LOCK, NULL));
  NEED(shmctl(id, IPC_STAT, &ds));
  say("mode %o", ds.shm_perm.mode);
  R(shmctl(id, SHM_UNLOCK, NULL));
  NEED(shmctl(id, IPC_STAT, &ds));
  say("mode %o", ds.shm_perm.mode);
  CHECK("shmctl(IPC_INFO|SHM_INFO)", "limits and use");
  struct shminfo info;
  struct shm_info use;
  memset(&info, 0, sizeof info);
  R(shmctl(0, IPC_INFO, (struct shmid_ds *)&info));
  say("%lu %lu %lu %lu %lu", info.shmmax, info.shmmin, info.shmmni, info.shmseg, info.shmall);
  char *at = shmat(id, NULL, 0);
  at[0] = 1;
  R(shmctl(0, SHM_INFO, (struct shmid_ds *)&use));
  say("%d segments, %lu pages, %lu resident, %lu swapped", use.used_ids, use.shm_tot, use.shm_rss,
      use.shm_swp);
  CHECK("shmctl(SHM_STAT|SHM_STAT_ANY)", "by index");
  T(shmctl(id & 0x7fff, SHM_STAT, &ds) == id);
  T(shmctl(id & 0x7fff, 15, &ds) == id);
  R(shmctl(12345, SHM_STAT, &ds));
  CHECK("shmat shmdt", "names in /proc/self/maps");
  maps("attached");
  char *again = shmat(id, NULL, SHM_RDONLY);
  maps("twice");
  shmdt(again);
  shmdt(at);
  maps("detached");
  CHECK("shmget(SHM_HUGETLB)", "huge pages and huge sizes");
  R(shmget(IPC_PRIVATE, 1L << 45, 0600));
  R(shmget(IPC_PRIVATE, 4096, SHM_HUGETLB | 0600));
  R(shmget(IPC_PRIVATE, 4096, SHM_HUGETLB | (5 << 26) | 0600));
  CHECK("shmctl", "unknown commands");
  R(shmctl(id, 999, &ds));
  R(shmctl(id, -1, &ds));
  R(shmctl(-1, IPC_STAT, &ds));
  R(shmctl(id + 32768, IPC_STAT, &ds));
  BAD_POINTERS("shmctl(IPC_STAT)", 5, shmctl(id, IPC_STAT, bad));
  BAD_POINTERS("shmctl(IPC_SET)", 4, shmctl(id, IPC_SET, bad));
  BAD_POINTERS("shmctl(SHM_INFO)", 5, shmctl(0, SHM_INFO, bad));
  R(shmctl(id, IPC_RMID, NULL));
  return 0;
}
