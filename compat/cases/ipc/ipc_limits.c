// Limits of System V IPC that root sets below /proc/sys/kernel.
#include "case.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static void set(const char *name, const char *value) {
  char path[128];
  snprintf(path, sizeof path, "/proc/sys/kernel/%s", name);
  int fd = open(path, O_WRONLY);
  long n = fd < 0 ? -1 : write(fd, value, strlen(value));
  say("%s = %s: %s", name, value, n < 0 ? errno_name(errno) : "ok");
  if (fd >= 0) close(fd);
}
static const char *value(const char *name) {
  static char text[128];
  char path[128];
  snprintf(path, sizeof path, "/proc/sys/kernel/%s", name);
  snprintf(text, sizeof text, "%.100s", get(path));
  text[strcspn(text, "\n")] = 0;
  return text;
}

int main(void) {
  CHECK("read", "what they are at first");
  static const char *names[] = {"shmmax", "shmall", "shmmni",          "sem",        "msgmax",
                                "msgmnb", "msgmni", "shm_rmid_forced", "auto_msgmni"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) say("%s: %s", names[i], value(names[i]));
  CHECK("shmget write", "bytes of a segment");
  set("shmmax", "10000");
  OK(shmget(IPC_PRIVATE, 10000, 0600));
  OK(shmget(IPC_PRIVATE, 10001, 0600));
  CHECK("shmget write", "pages of all segments");
  set("shmall", "5");
  OK(shmget(IPC_PRIVATE, 8192, 0600));
  OK(shmget(IPC_PRIVATE, 1, 0600));
  CHECK("shmget write", "segments");
  set("shmall", "1000");
  set("shmmni", "3");
  OK(shmget(IPC_PRIVATE, 1, 0600));
  OK(shmget(IPC_PRIVATE, 1, 0600));
  CHECK("semget semop write", "semaphores");
  set("sem", "10 15 3 2");
  say("%s", value("sem"));
  OK(semget(IPC_PRIVATE, 11, 0600));
  int id = semget(IPC_PRIVATE, 10, 0600);
  OK(id);
  OK(semget(IPC_PRIVATE, 6, 0600));
  OK(semget(IPC_PRIVATE, 5, 0600));
  OK(semget(IPC_PRIVATE, 1, 0600));
  struct sembuf ops[4] = {{0, 1, 0}, {1, 1, 0}, {2, 1, 0}, {3, 1, 0}};
  R(semop(id, ops, 3));
  R(semop(id, ops, 4));
  CHECK("msgget msgsnd write", "messages");
  set("msgmni", "1");
  set("msgmax", "100");
  set("msgmnb", "150");
  int q = msgget(IPC_PRIVATE, 0600);
  OK(q);
  OK(msgget(IPC_PRIVATE, 0600));
  struct {
    long type;
    char text[200];
  } m = {.type = 1};
  R(msgsnd(q, &m, 100, IPC_NOWAIT));
  R(msgsnd(q, &m, 101, IPC_NOWAIT));
  R(msgsnd(q, &m, 51, IPC_NOWAIT));
  R(msgsnd(q, &m, 50, IPC_NOWAIT));
  CHECK("write", "values that cannot be");
  set("shmmni", "-1");
  set("shmmni", "x");
  set("msgmni", "1000000000");
  set("sem", "1 2 3 -4");
  CHECK("write", "without privilege");
  NEED(setuid(12345));
  set("shmmax", "1");
  set("sem", "1");
  return 0;
}
