// tags: interrupts
// Waiting for semaphores across processes: who is let in, what is counted, removal, signals.
#include "case.h"

#include <sys/sem.h>
static int id;
static long op(int n, int delta, int flags) {
  struct sembuf one = {n, delta, flags};
  return semop(id, &one, 1);
}
static void until(int n, int cmd, int count) {
  while (semctl(id, n, cmd) != count) sleep_ms(1);
}
static void handler(int signal) {}
int main(void) {
  id = NEED(semget(IPC_PRIVATE, 2, 0600));
  CHECK("semop", "a waiter is let in by another process");
  pid_t child = CHILD(R(op(0, -2, 0)));
  until(0, GETNCNT, 1);
  R(op(0, 1, 0));
  R(semctl(id, 0, GETNCNT));
  NEED(op(0, 1, 0));
  reap("child", child);
  R(semctl(id, 0, GETVAL));
  T(semctl(id, 0, GETPID) == child);
  CHECK("semop semctl(GETZCNT|GETNCNT)", "waiting for zero");
  NEED(op(0, 2, 0));
  child = CHILD(R(op(0, 0, 0)));
  until(0, GETZCNT, 1);
  R(semctl(id, 0, GETNCNT));
  R(op(0, -1, 0));
  R(semctl(id, 0, GETZCNT));
  NEED(op(0, -1, 0));
  reap("child", child);
  R(semctl(id, 0, GETZCNT));
  CHECK("semop", "several operations wait together");
  struct sembuf both[] = {{0, -1, 0}, {1, -1, 0}, {0, 5, 0}};
  child = CHILD(R(semop(id, both, 3)));
  until(0, GETNCNT, 1);
  R(semctl(id, 1, GETNCNT));
  R(op(0, 1, 0));
  until(1, GETNCNT, 1);
  R(semctl(id, 0, GETNCNT));
  R(semctl(id, 0, GETVAL));
  NEED(op(1, 1, 0));
  reap("child", child);
  say("%d %d", semctl(id, 0, GETVAL), semctl(id, 1, GETVAL));
  CHECK("semctl(SETVAL|SETALL)", "setting lets waiters in");
  NEED(semctl(id, 0, SETVAL, 0));
  child = CHILD(R(op(0, -3, 0)));
  until(0, GETNCNT, 1);
  NEED(semctl(id, 0, SETVAL, 3));
  reap("child", child);
  child = CHILD(R(op(1, -3, 0)));
  until(1, GETNCNT, 1);
  unsigned short all[] = {1, 4};
  NEED(semctl(id, 0, SETALL, all));
  reap("child", child);
  say("%d %d", semctl(id, 0, GETVAL), semctl(id, 1, GETVAL));
  CHECK("semop", "first come, first served");
  NEED(semctl(id, 0, SETVAL, 0));
  pid_t kids[3];
  for (int i = 0; i < 3; i++) {
    kids[i] = CHILD(NEED(op(0, -1, 0)); say("turn %d", i));
    until(0, GETNCNT, i + 1);
  }
  for (int i = 0; i < 3; i++) {
    NEED(op(0, 1, 0));
    reap("child", kids[i]);
  }
  CHECK("semop", "a small wish passes a large one");
  kids[0] = CHILD(NEED(op(0, -2, 0)); say("large"));
  until(0, GETNCNT, 1);
  kids[1] = CHILD(NEED(op(0, -1, 0)); say("small"));
  until(0, GETNCNT, 2);
  NEED(op(0, 1, 0));
  reap("child", kids[1]);
  NEED(op(0, 2, 0));
  reap("child", kids[0]);
  CHECK("semop semtimedop", "a signal ends the wait, whatever the handler's flags");
  for (int restart = 0; restart < 2; restart++) {
    handle(SIGUSR1, handler, restart ? SA_RESTART : 0);
    pid_t parent = getpid();
    child = CHILD({
      until(0, GETNCNT, 1);
      kill(parent, SIGUSR1);
    });
    struct timespec limit = {10, 0};
    struct sembuf take = {0, -1, 0};
    R(restart ? semtimedop(id, &take, 1, &limit) : semop(id, &take, 1));
    waitpid(child, NULL, 0);
  }
  R(semctl(id, 0, GETNCNT));
  CHECK("semop", "a waiter that is killed leaves the queue");
  child = CHILD(op(0, -1, 0));
  until(0, GETNCNT, 1);
  kill(child, SIGKILL);
  reap("child", child);
  R(semctl(id, 0, GETNCNT));
  R(op(0, 1, 0));
  R(semctl(id, 0, GETVAL));
  CHECK("semctl(IPC_RMID) semop", "removal wakes all who wait");
  NEED(semctl(id, 0, SETVAL, 1));
  kids[0] = CHILD(R(op(0, -2, 0)));
  until(0, GETNCNT, 1);
  NEED(semctl(id, 0, IPC_RMID));
  reap("child", kids[0]);
  id = NEED(semget(IPC_PRIVATE, 1, 0600));
  NEED(op(0, 1, 0));
  kids[0] = CHILD(R(op(0, 0, 0)));
  until(0, GETZCNT, 1);
  NEED(semctl(id, 0, IPC_RMID));
  reap("child", kids[0]);
  return 0;
}
