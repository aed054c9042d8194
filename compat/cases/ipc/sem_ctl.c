// What semctl tells and changes: values, owners, limits, times, bad addresses.
#include "case.h"

#include <sys/sem.h>
union semun {
  int val;
  struct semid_ds *buf;
  unsigned short *array;
  struct seminfo *info;
};
static int id;
static void values(void) {
  unsigned short all[3] = {9, 9, 9};
  R(semctl(id, 0, GETALL, (union semun){.array = all}));
  say("%d %d %d", all[0], all[1], all[2]);
}
int main(void) {
  struct semid_ds ds;
  id = NEED(semget(0x7eed0002, 3, IPC_CREAT | 0640));
  CHECK("semctl(SETVAL|GETVAL)", "one value");
  R(semctl(id, 1, SETVAL, 5));
  R(semctl(id, 1, GETVAL));
  R(semctl(id, 1, SETVAL, 32767));
  R(semctl(id, 1, SETVAL, 32768));
  R(semctl(id, 1, SETVAL, -1));
  R(semctl(id, 3, SETVAL, 1));
  R(semctl(id, -1, SETVAL, 1));
  R(semctl(id, 3, SETVAL, 40000));
  R(semctl(id, 3, GETVAL));
  R(semctl(id, -1, GETPID));
  CHECK("semctl(SETALL|GETALL)", "all values");
  values();
  unsigned short set[3] = {1, 2, 3}, big[3] = {4, 32768, 4};
  R(semctl(id, 77, SETALL, (union semun){.array = set}));
  values();
  R(semctl(id, 0, SETALL, (union semun){.array = big}));
  values();
  CHECK("semctl(GETPID)", "who changed it last");
  T(semctl(id, 0, GETPID) == getpid());
  struct sembuf op = {1, 0, IPC_NOWAIT}, add = {1, 1, 0};
  pid_t child = CHILD(NEED(semop(id, &add, 1)));
  waitpid(child, NULL, 0);
  T(semctl(id, 1, GETPID) == child);
  T(semctl(id, 0, GETPID) == getpid());
  R(semop(id, &op, 1));
  T(semctl(id, 1, GETPID) == child);
  CHECK("semctl(IPC_STAT)", "what a set is");
  R(semctl(id, 0, IPC_STAT, (union semun){.buf = &ds}));
  time_t now = time(NULL);
  T(ds.sem_perm.__key == 0x7eed0002);
  say("%lu semaphores, mode %o, uid %d %d gid %d %d", (unsigned long)ds.sem_nsems, ds.sem_perm.mode,
      ds.sem_perm.uid, ds.sem_perm.cuid, ds.sem_perm.gid, ds.sem_perm.cgid);
  T(ds.sem_otime > now - 10 && ds.sem_otime <= now + 1);
  T(ds.sem_ctime > now - 10 && ds.sem_ctime <= now + 1);
  CHECK("semctl(IPC_SET)", "owner and permissions");
  ds.sem_perm.uid = 1234;
  ds.sem_perm.gid = 4321;
  ds.sem_perm.mode = 07600;
  R(semctl(id, 0, IPC_SET, (union semun){.buf = &ds}));
  R(semctl(id, 0, IPC_STAT, (union semun){.buf = &ds}));
  say("mode %o, uid %d %d gid %d %d", ds.sem_perm.mode, ds.sem_perm.uid, ds.sem_perm.cuid, ds.sem_perm.gid,
      ds.sem_perm.cgid);
  ds.sem_perm.uid = -1;
  R(semctl(id, 0, IPC_SET, (union semun){.buf = &ds}));
  reap("new owner", CHILD({
         NEED(setuid(1234));
         R(semctl(id, 0, GETVAL));
         ds.sem_perm.uid = 1234;
         ds.sem_perm.mode = 0444;
         R(semctl(id, 0, IPC_SET, (union semun){.buf = &ds}));
         R(semctl(id, 0, SETVAL, 1));
       }));
  reap("stranger", CHILD({
         NEED(setgroups(0, NULL));
         NEED(setgid(99));
         NEED(setuid(99));
         R(semctl(id, 0, GETVAL));
         R(semctl(id, 0, SETVAL, 1));
         R(semctl(id, 0, IPC_SET, (union semun){.buf = &ds}));
         R(semctl(id, 0, IPC_RMID));
         R(semop(id, &add, 1));
         struct sembuf zero = {2, 0, IPC_NOWAIT};
         R(semop(id, &zero, 1));
       }));
  CHECK("semctl(IPC_INFO|SEM_INFO)", "limits and use");
  struct seminfo info;
  memset(&info, 0, sizeof info);
  T(semctl(id, 0, IPC_INFO, (union semun){.info = &info}) >= 0);
  say("%d %d %d %d %d %d %d %d %d %d", info.semmap, info.semmni, info.semmns, info.semmnu, info.semmsl,
      info.semopm, info.semume, info.semusz, info.semvmx, info.semaem);
  T(semctl(id, 0, SEM_INFO, (union semun){.info = &info}) >= 0);
  /* Others may have sets of their own. */
  T(info.semusz >= 1 && info.semaem >= info.semusz);
  CHECK("semctl(SEM_STAT|SEM_STAT_ANY)", "by index");
  T(semctl(id & 0x7fff, 0, SEM_STAT, (union semun){.buf = &ds}) == id);
  T(semctl(id & 0x7fff, 0, SEM_STAT_ANY, (union semun){.buf = &ds}) == id);
  R(semctl(12345, 0, SEM_STAT, (union semun){.buf = &ds}));
  R(semctl(-1, 0, SEM_STAT, (union semun){.buf = &ds}));
  CHECK("semctl", "unknown commands");
  R(semctl(id, 0, 999, 0));
  R(semctl(id, 0, 4, 0));
  BAD_POINTERS("semctl(IPC_STAT)", 5, semctl(id, 0, IPC_STAT, bad));
  BAD_POINTERS("semctl(IPC_SET)", 4, semctl(id, 0, IPC_SET, bad));
  BAD_POINTERS("semctl(GETALL)", 5, semctl(id, 0, GETALL, bad));
  BAD_POINTERS("semctl(SETALL)", 4, semctl(id, 0, SETALL, bad));
  BAD_POINTERS("semctl(IPC_INFO)", 5, semctl(id, 0, IPC_INFO, bad));
  BAD_POINTERS("semctl(SEM_STAT)", 5, semctl(id & 0x7fff, 0, SEM_STAT, bad));
  R(semctl(id, 0, IPC_RMID));
  return 0;
}
