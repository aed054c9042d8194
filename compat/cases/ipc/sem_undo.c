// tags: exits
// SEM_UNDO: what the end of a process gives back.
#include "case.h"

#include <sys/sem.h>
static int id;
static long op(int n, int delta, int flags) {
  struct sembuf one = {n, delta, flags};
  return semop(id, &one, 1);
}
static void values(void) {
  say("%d %d", semctl(id, 0, GETVAL), semctl(id, 1, GETVAL));
}
static int shared(void *unused) {
  op(0, -1, SEM_UNDO);
  return 0;
}
static void *thread(void *unused) {
  op(0, -1, SEM_UNDO);
  return NULL;
}
int main(void) {
  static char stack[65536];
  id = NEED(semget(IPC_PRIVATE, 2, 0600));
  unsigned short five[] = {5, 5};
  NEED(semctl(id, 0, SETALL, five));
  CHECK("semop(SEM_UNDO) exit_group", "exit gives back");
  pid_t child = CHILD({
    NEED(op(0, -2, SEM_UNDO));
    NEED(op(1, 3, SEM_UNDO));
    NEED(op(1, 1, 0));
    values();
  });
  reap("child", child);
  values();
  T(semctl(id, 0, GETPID) == child);
  CHECK("semop(SEM_UNDO)", "a holder that is killed");
  struct gate gate = new_gate();
  child = CHILD({
    NEED(op(0, -5, SEM_UNDO));
    tell(gate);
    pause();
  });
  await(gate);
  pid_t waiter = CHILD(NEED(op(0, -1, 0)));
  while (semctl(id, 0, GETNCNT) != 1) sleep_ms(1);
  kill(child, SIGKILL);
  reap("holder", child);
  reap("waiter", waiter);
  values();
  CHECK("semop(SEM_UNDO)", "values stay between zero and the largest");
  child = CHILD({
    NEED(op(0, 4, SEM_UNDO));
    NEED(op(0, -8, 0));
    values();
  });
  reap("child", child);
  values();
  NEED(semctl(id, 1, SETVAL, 10));
  child = CHILD({
    NEED(op(1, -10, SEM_UNDO));
    NEED(op(1, 32767, 0));
  });
  reap("child", child);
  values();
  CHECK("semctl(SETVAL|SETALL)", "setting forgets adjustments");
  child = CHILD({
    NEED(semctl(id, 0, SETVAL, 5));
    NEED(semctl(id, 1, SETVAL, 5));
    NEED(op(0, -1, SEM_UNDO));
    NEED(op(1, -1, SEM_UNDO));
    NEED(semctl(id, 0, SETVAL, 7));
  });
  reap("child", child);
  values();
  child = CHILD({
    NEED(op(0, -1, SEM_UNDO));
    NEED(op(1, -1, SEM_UNDO));
    NEED(semctl(id, 0, SETALL, five));
  });
  reap("child", child);
  values();
  CHECK("fork", "a child inherits no adjustments");
  child = CHILD({
    NEED(op(0, -1, SEM_UNDO));
    pid_t inner = CHILD({});
    waitpid(inner, NULL, 0);
    values();
  });
  reap("child", child);
  values();
  CHECK("execve", "adjustments stay over a new program");
  child = CHILD({
    NEED(op(0, -1, SEM_UNDO));
    execl("/bin/true", "true", NULL);
  });
  reap("child", child);
  values();
  CHECK("clone(CLONE_SYSVSEM)", "a shared list is undone with its last user");
  child = CHILD({
    pid_t other = NEED(clone(shared, stack + sizeof stack, CLONE_SYSVSEM | SIGCHLD, NULL));
    waitpid(other, NULL, 0);
    values();
  });
  reap("child", child);
  values();
  CHECK("clone", "threads share one list");
  child = CHILD({
    pthread_t id_;
    pthread_create(&id_, NULL, thread, NULL);
    pthread_join(id_, NULL);
    values();
  });
  reap("child", child);
  values();
  CHECK("unshare(CLONE_SYSVSEM)", "leaving the list undoes");
  child = CHILD({
    NEED(op(0, -1, SEM_UNDO));
    values();
    R(unshare(CLONE_SYSVSEM));
    values();
  });
  reap("child", child);
  CHECK("semctl(IPC_RMID)", "removal with adjustments pending");
  child = CHILD({
    NEED(op(0, -1, SEM_UNDO));
    R(semctl(id, 0, IPC_RMID));
    R(op(0, -1, SEM_UNDO));
  });
  reap("child", child);
  R(semctl(id, 0, GETVAL));
  return 0;
}
