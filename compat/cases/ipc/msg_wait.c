// tags: interrupts
// Waiting for messages and for room, across processes.
#include "case.h"

#include <sys/msg.h>
struct message {
  long type;
  char text[8192];
};
static int id;
static struct message message;
static long post(long type, int size, int flags) {
  message.type = type;
  return msgsnd(id, &message, size, flags);
}
static void handler(int signal) {}
int main(void) {
  id = NEED(msgget(IPC_PRIVATE, 0600));
  CHECK("msgrcv msgsnd", "a receiver waits for its type");
  pid_t child = CHILD(R(msgrcv(id, &message, 8192, 2, 0)));
  sleep_ms(30);
  NEED(post(1, 10, 0));
  NEED(post(2, 20, 0));
  reap("child", child);
  R(msgrcv(id, &message, 8192, 0, IPC_NOWAIT));
  struct msqid_ds ds;
  NEED(msgctl(id, IPC_STAT, &ds));
  T(ds.msg_qnum == 0 && ds.__msg_cbytes == 0);
  CHECK("msgrcv", "a waiting receiver with too little room");
  child = CHILD(R(msgrcv(id, &message, 5, 0, 0)));
  sleep_ms(30);
  NEED(post(1, 10, 0));
  reap("child", child);
  R(msgrcv(id, &message, 8192, 0, IPC_NOWAIT));
  child = CHILD(R(msgrcv(id, &message, 5, 0, MSG_NOERROR)));
  sleep_ms(30);
  NEED(post(1, 10, 0));
  reap("child", child);
  R(msgrcv(id, &message, 8192, 0, IPC_NOWAIT));
  CHECK("msgrcv", "waiting for at most a type");
  child = CHILD(R(msgrcv(id, &message, 100, -3, 0)); R(message.type));
  sleep_ms(30);
  NEED(post(4, 1, 0));
  NEED(post(3, 2, 0));
  reap("child", child);
  R(msgrcv(id, &message, 8192, 0, IPC_NOWAIT));
  CHECK("msgsnd", "a sender waits for room");
  NEED(post(1, 8192, 0));
  NEED(post(2, 8192, 0));
  child = CHILD(R(post(3, 8192, 0)));
  sleep_ms(30);
  NEED(msgctl(id, IPC_STAT, &ds));
  R(ds.msg_qnum);
  NEED(msgrcv(id, &message, 8192, 0, 0));
  reap("child", child);
  NEED(msgctl(id, IPC_STAT, &ds));
  R(ds.msg_qnum);
  R(msgrcv(id, &message, 8192, 0, 0));
  ds.msg_qbytes = 8200;
  R(msgctl(id, IPC_SET, &ds));
  CHECK("msgctl(IPC_SET) msgsnd", "more room lets a sender go on");
  child = CHILD(R(post(3, 100, 0)));
  sleep_ms(30);
  ds.msg_qbytes = 16384;
  NEED(msgctl(id, IPC_SET, &ds));
  reap("child", child);
  while (msgrcv(id, &message, 8192, 0, IPC_NOWAIT) >= 0) {
  }
  CHECK("msgrcv msgsnd", "a signal ends the wait, whatever the handler's flags");
  for (int restart = 0; restart < 2; restart++) {
    handle(SIGUSR1, handler, restart ? SA_RESTART : 0);
    pid_t parent = getpid();
    child = CHILD(sleep_ms(40); kill(parent, SIGUSR1));
    R(msgrcv(id, &message, 8192, 0, 0));
    waitpid(child, NULL, 0);
    while (post(1, 8192, IPC_NOWAIT) == 0) {
    }
    child = CHILD(sleep_ms(40); kill(parent, SIGUSR1));
    R(post(1, 8192, 0));
    waitpid(child, NULL, 0);
    while (msgrcv(id, &message, 8192, 0, IPC_NOWAIT) >= 0) {
    }
  }
  CHECK("msgrcv", "a receiver that is killed takes nothing");
  child = CHILD(msgrcv(id, &message, 8192, 0, 0));
  sleep_ms(30);
  kill(child, SIGKILL);
  reap("child", child);
  NEED(post(1, 3, 0));
  R(msgrcv(id, &message, 8192, 0, IPC_NOWAIT));
  CHECK("msgctl(IPC_RMID) msgrcv", "removal wakes receivers");
  child = CHILD(R(msgrcv(id, &message, 8192, 0, 0)));
  sleep_ms(30);
  NEED(msgctl(id, IPC_RMID, NULL));
  reap("child", child);
  CHECK("msgctl(IPC_RMID) msgsnd", "removal wakes senders");
  id = NEED(msgget(IPC_PRIVATE, 0600));
  while (post(1, 8192, IPC_NOWAIT) == 0) {
  }
  child = CHILD(R(post(1, 8192, 0)));
  sleep_ms(30);
  NEED(msgctl(id, IPC_RMID, NULL));
  reap("child", child);
  return 0;
}
