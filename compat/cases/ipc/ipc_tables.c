// /proc/sysvipc, which ipcs(1) reads.
#include "case.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* The n-th word of the second line, where there is only one object. */
static const char *word(const char *table, int n) {
  static char texts[4][1024];
  static int turn;
  char *text = texts[turn++ & 3];
  char path[64];
  snprintf(path, sizeof path, "/proc/sysvipc/%s", table);
  snprintf(text, 1024, "%.1000s", get(path));
  char *line = strchr(text, '\n'), *save;
  if (!line) return "none";
  char *w = strtok_r(line + 1, " \n", &save);
  for (int i = 0; i < n && w; i++) w = strtok_r(NULL, " \n", &save);
  return w ? w : "none";
}
static void header(const char *table) {
  char path[64], text[256];
  snprintf(path, sizeof path, "/proc/sysvipc/%s", table);
  snprintf(text, sizeof text, "%.200s", get(path));
  text[strcspn(text, "\n")] = 0;
  say("%s", text);
}

int main(void) {
  CHECK("read", "headers");
  header("msg");
  header("sem");
  header("shm");
  CHECK("read", "empty tables");
  say("%s %s %s", word("msg", 0), word("sem", 0), word("shm", 0));
  CHECK("read shmget shmat", "a segment");
  int id = NEED(shmget(0x1234, 5000, IPC_CREAT | 0640));
  void *p = shmat(id, NULL, 0);
  T(atoi(word("shm", 0)) == 0x1234);
  T(atoi(word("shm", 1)) == id);
  say("mode %s, size %s, attached %s", word("shm", 2), word("shm", 3), word("shm", 6));
  T(atoi(word("shm", 4)) == getpid());
  T(atoi(word("shm", 5)) == getpid());
  say("owners %s", word("shm", 7));
  CHECK("read shmctl(IPC_RMID)", "a segment that goes when it is detached");
  NEED(shmctl(id, IPC_RMID, NULL));
  say("key %s, mode %s", word("shm", 0), word("shm", 2));
  shmdt(p);
  say("%s", word("shm", 0));
  CHECK("read semget", "semaphores");
  id = NEED(semget(-2, 7, IPC_CREAT | 0606));
  say("key %s, mode %s, count %s", word("sem", 0), word("sem", 2), word("sem", 3));
  T(atol(word("sem", 8)) == 0);
  T(labs(atol(word("sem", 9)) - (long)time(NULL)) < 100);
  NEED(semctl(id, 0, IPC_RMID));
  CHECK("read msgget msgsnd", "a queue");
  id = NEED(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
  struct {
    long type;
    char text[10];
  } m = {.type = 1};
  NEED(msgsnd(id, &m, 10, 0));
  NEED(msgsnd(id, &m, 3, 0));
  say("key %s, mode %s, bytes %s, messages %s", word("msg", 0), word("msg", 2), word("msg", 3),
      word("msg", 4));
  T(atoi(word("msg", 5)) == getpid());
  say("received by %s", word("msg", 6));
  return 0;
}
