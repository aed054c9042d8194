// Adjustments of several processes that end in different ways.
#include "case.h"

#include <sys/sem.h>

static int id;
static void change(int n, int by, int flags) {
  struct sembuf op = {n, by, flags};
  NEED(semop(id, &op, 1));
}

int main(void) {
  id = NEED(semget(IPC_PRIVATE, 3, 0600));
  unsigned short values[3] = {5, 5, 5};
  NEED(semctl(id, 0, SETALL, values));
  CHECK("semop(SEM_UNDO) semctl(GETALL)", "four holders, one after another");
  struct gate ready[4];
  pid_t child[4];
  for (int i = 0; i < 4; i++) {
    ready[i] = new_gate();
    child[i] = CHILD({
      change(0, -1, SEM_UNDO);
      change(1, i + 1, SEM_UNDO);
      change(2, -1, 0);
      tell(ready[i]);
      pause();
    });
    await(ready[i]);
  }
  NEED(semctl(id, 0, GETALL, values));
  say("%d %d %d", values[0], values[1], values[2]);
  static const int how[] = {SIGTERM, SIGKILL, SIGSEGV, SIGINT};
  for (int i = 0; i < 4; i++) {
    NEED(kill(child[i], how[i]));
    reap("holder", child[i]);
    NEED(semctl(id, 0, GETALL, values));
    say("%d %d %d", values[0], values[1], values[2]);
  }
  CHECK("semop(SEM_UNDO) exit", "a waiter is let in by the end of a holder");
  NEED(semctl(id, 0, SETVAL, 1));
  struct gate held = new_gate();
  pid_t holder = CHILD({
    change(0, -1, SEM_UNDO);
    tell(held);
    sleep_ms(30);
    _exit(3);
  });
  await(held);
  change(0, -1, 0);
  reap("holder", holder);
  say("%d", (int)semctl(id, 0, GETVAL));
  CHECK("semop(SEM_UNDO)", "several semaphores in one call");
  NEED(semctl(id, 0, SETALL, (unsigned short[]){9, 9, 9}));
  holder = CHILD({
    struct sembuf ops[3] = {{0, -2, SEM_UNDO}, {1, -3, SEM_UNDO}, {0, -1, SEM_UNDO}};
    NEED(semop(id, ops, 3));
    say("%d %d", (int)semctl(id, 0, GETVAL), (int)semctl(id, 1, GETVAL));
  });
  reap("holder", holder);
  say("%d %d", (int)semctl(id, 0, GETVAL), (int)semctl(id, 1, GETVAL));
  CHECK("semop semctl(GETPID)", "who was the last");
  T(semctl(id, 0, GETPID) == holder);
  NEED(semctl(id, 0, IPC_RMID));
  return 0;
}
