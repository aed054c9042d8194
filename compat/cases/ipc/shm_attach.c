// Where segments are attached, with which rights, and what is refused.
#include "case.h"

#include <setjmp.h>
#include <sys/shm.h>
static sigjmp_buf back;
static void fault(int signal) {
  siglongjmp(back, signal);
}
static const char *touch(char *at) {
  int signal = sigsetjmp(back, 1);
  if (signal) return sigabbrev_np(signal);
  *(volatile char *)at = 1;
  return "written";
}
#define AT(call)                               \
  ({                                           \
    char *at_ = (call);                        \
    if (at_ == (char *)-1)                     \
      say("%s: %s", #call, errno_name(errno)); \
    else                                       \
      say("%s: ok", #call);                    \
    at_;                                       \
  })
int main(void) {
  handle(SIGSEGV, fault, 0);
  handle(SIGBUS, fault, 0);
  int id = NEED(shmget(IPC_PRIVATE, 8192, 0600));
  char *room = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(room, 1 << 20);
  CHECK("shmat(SHM_RND)", "addresses");
  char *at = AT(shmat(id, room, 0));
  T(at == room);
  AT(shmat(id, room, 0));
  AT(shmat(id, room + 4096, 0));
  AT(shmat(id, room - 4096, 0));
  AT(shmat(id, room + 100, 0));
  char *second = AT(shmat(id, room + 8192 + 100, SHM_RND));
  T(second == room + 8192);
  R(shmdt(second));
  R(shmdt(at));
  AT(shmat(id, (void *)0x7ffffffff000, 0));
  AT(shmat(id, (void *)0xffff800000000000, 0));
  AT(shmat(id, (void *)-4096, 0));
  CHECK("shmat(SHM_REMAP)", "in place of what is there");
  AT(shmat(id, NULL, SHM_REMAP));
  AT(shmat(id, (void *)100, SHM_REMAP | SHM_RND));
  char *page = mmap(room, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  strcpy(page, "before");
  AT(shmat(id, room, 0));
  at = AT(shmat(id, room, SHM_REMAP));
  T(at == room && at[0] == 0);
  CHECK("shmat(SHM_RDONLY|SHM_EXEC)", "rights of the memory");
  say("%s", touch(at));
  char *reader = AT(shmat(id, NULL, SHM_RDONLY));
  say("%d %s", reader[0], touch(reader));
  R(mprotect(reader, 4096, PROT_READ | PROT_WRITE));
  R(mprotect(at, 4096, PROT_READ));
  say("%s", touch(at));
  R(mprotect(at, 4096, PROT_READ | PROT_WRITE));
  say("%s", touch(at));
  char *code = AT(shmat(id, NULL, SHM_EXEC));
  code[100] = (char)0xc3;
  ((void (*)(void))(code + 100))();
  say("executed");
  R(shmdt(code));
  R(shmdt(reader));
  R(shmdt(at));
  CHECK("shmat shmctl(IPC_STAT)", "permissions of others");
  reap("stranger", CHILD({
         NEED(setgroups(0, NULL));
         NEED(setgid(4321));
         NEED(setuid(1234));
         struct shmid_ds ds;
         AT(shmat(id, NULL, 0));
         AT(shmat(id, NULL, SHM_RDONLY));
         R(shmctl(id, IPC_STAT, &ds));
         R(shmctl(id, IPC_SET, &ds));
         R(shmctl(id, SHM_LOCK, NULL));
         R(shmctl(id, IPC_RMID, NULL));
         int own = NEED(shmget(IPC_PRIVATE, 4096, 0400));
         AT(shmat(own, NULL, 0));
         AT(shmat(own, NULL, SHM_EXEC | SHM_RDONLY));
         char *mine = AT(shmat(own, NULL, SHM_RDONLY));
         R(mprotect(mine, 4096, PROT_READ | PROT_WRITE));
         R(shmctl(own, IPC_RMID, NULL));
       }));
  CHECK("shmat shmdt", "what is no segment and no attachment");
  AT(shmat(-1, NULL, 0));
  AT(shmat(12345, NULL, 0));
  AT(shmat(id + 32768, NULL, 0));
  R(shmdt(NULL));
  R(shmdt(room));
  R(shmdt((void *)-4096));
  char *anonymous = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  R(shmdt(anonymous));
  CHECK("shmat", "many at once, in threads of several processes");
  for (int i = 0; i < 4; i++) {
    CHILD({
      for (int j = 0; j < 20; j++) {
        char *here = shmat(id, NULL, 0);
        if (here == (char *)-1 || shmdt(here)) say("failed: %s", errno_name(errno));
      }
    });
  }
  while (wait(NULL) > 0) {
  }
  struct shmid_ds ds;
  R(shmctl(id, IPC_STAT, &ds));
  R(ds.shm_nattch);
  R(shmctl(id, IPC_RMID, NULL));
  return 0;
}
