// libs: -lpthread
// The first thread may end before the others; exit_group ends all; the last thread's exit ends the process.
#include "case.h"

static void *later(void *argument) {
  sleep_ms(30);
  say("later thread");
  if (argument) _exit(7);
  return NULL;
}
static void *forever(void *argument) {
  for (;;) pause();
  return argument;
}
static void *crash(void *argument) {
  sleep_ms(10);
  *(volatile int *)0 = 0;
  return NULL;
}
static void *forker(void *argument) {
  pid_t child = CHILD({
    T(syscall(SYS_gettid) == getpid());
    _exit(4);
  });
  reap("forked in a thread", child);
  return NULL;
}
int main(void) {
  pthread_t id;
  CHECK("exit", "the first thread leaves");
  reap("first thread leaves", CHILD({
         pthread_create(&id, NULL, later, NULL);
         pthread_exit(NULL);
       }));
  CHECK("exit_group", "by another thread");
  reap("other calls _exit", CHILD({
         pthread_create(&id, NULL, later, "x");
         for (;;) pause();
       }));
  CHECK("exit", "as a bare call of the first thread");
  reap("raw exit of the first", CHILD({
         pthread_create(&id, NULL, later, "x");
         syscall(SYS_exit, 3);
       }));
  CHECK("exit", "as a bare call of the only thread");
  reap("raw exit of the only one", CHILD(syscall(SYS_exit, 9)));
  CHECK("exit_group", "of nine threads");
  reap("exit_group", CHILD({
         for (int i = 0; i < 8; i++) pthread_create(&id, NULL, forever, NULL);
         sleep_ms(10);
         _exit(5);
       }));
  CHECK("rt_sigaction(SIG_DFL)", "a fault in a thread ends the process");
  reap("crash in a thread", CHILD({
         pthread_create(&id, NULL, crash, NULL);
         for (;;) pause();
       }));
  CHECK("kill", "ends all threads");
  pid_t child = CHILD({
    for (int i = 0; i < 8; i++) pthread_create(&id, NULL, forever, NULL);
    for (;;) pause();
  });
  sleep_ms(30);
  kill(child, SIGKILL);
  reap("killed", child);
  CHECK("clone", "by a second thread");
  pthread_create(&id, NULL, forker, NULL);
  pthread_join(id, NULL);
  return 0;
}
