// libs: -lpthread
// SECCOMP_MODE_STRICT: four calls, and the end by SIGKILL for all others.
#include "seccomp.h"

static void handler(int sig) {
  (void)sig;
}

static void *strict_thread(void *arg) {
  NEED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
  if (arg != NULL) syscall(SYS_getpid);
  syscall(SYS_exit, 0);
  return NULL;
}

int main(void) {
  CHECK("prctl(PR_SET_SECCOMP)", "read, write and exit go on");
  reap("child", CHILD({
         int ends[2];
         NEED(pipe(ends));
         NEED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
         char byte = 'x';
         if (write(ends[1], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1) syscall(SYS_exit, 7);
         syscall(SYS_exit, 8);
       }));
  CHECK("seccomp(SECCOMP_SET_MODE_STRICT)", "each other call ends it");
  const long calls[] = {SYS_getpid,      SYS_exit_group, SYS_mmap,  SYS_openat, SYS_futex,
                        SYS_sched_yield, SYS_clone,      SYS_close, SYS_kill,   SYS_rt_sigprocmask,
                        SYS_prctl,       SYS_seccomp,    SYS_brk,   SYS_readv,  1 << 20};
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
    reap("child", CHILD({
           NEED(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL));
           syscall(calls[i], 0, 0, 0, 0, 0, 0);
           syscall(SYS_exit, 3);
         }));
  CHECK("seccomp(SECCOMP_SET_MODE_STRICT)", "a handler returns");
  reap("child", CHILD({
         handle(SIGALRM, handler, 0);
         int ends[2];
         NEED(pipe(ends));
         alarm(1);
         NEED(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL));
         char byte;
         long got = read(ends[0], &byte, 1);
         syscall(SYS_exit, got == -1 ? 4 : 5);
       }));
  CHECK("seccomp(SECCOMP_SET_MODE_STRICT)", "not after a filter, and with nothing beside it");
  FILTERED("child", {
    NEED(ADD(0, ALLOW));
    R(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL));
    R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
    R(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
    R(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, &calls));
    R(prctl(PR_SET_SECCOMP, 3, NULL));
    R(prctl(PR_SET_SECCOMP, 0, NULL));
  });
  CHECK("prctl(PR_SET_SECCOMP)", "of one thread alone, which ends alone");
  reap("child", CHILD({
         pthread_t thread;
         for (int bad = 0; bad < 2; bad++) {
           pthread_create(&thread, NULL, strict_thread, bad ? &thread : NULL);
           pthread_join(thread, NULL);
           say("the other thread goes on");
         }
         T(prctl(PR_GET_SECCOMP) == 0);
       }));
  return 0;
}
