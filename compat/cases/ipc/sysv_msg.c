// tags: sysv-ipc
// System V message queues: order, types, sizes, removal.
#include "case.h"

#include <sys/ipc.h>
#include <sys/msg.h>
struct message {
  long type;
  char text[32];
};
static long put_message(int id, long type, const char *text, int flags) {
  struct message message = {.type = type};
  strcpy(message.text, text);
  return msgsnd(id, &message, strlen(text), flags);
}
static void take(int id, size_t room, long type, int flags) {
  struct message message = {0};
  ssize_t got = msgrcv(id, &message, room, type, flags);
  if (got < 0)
    say("  type %ld: %s", type, errno_name(errno));
  else
    say("  type %ld: got %ld '%s'", type, message.type, message.text);
}
int main(void) {
  CHECK("msgget(IPC_PRIVATE)", "a queue");
  int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  T(id >= 0);
  R(msgget(0x7a7b7c03, 0));
  CHECK("msgsnd", "types and sizes");
  R(put_message(id, 1, "first", 0));
  R(put_message(id, 5, "five", 0));
  R(put_message(id, 2, "two", 0));
  R(put_message(id, 1, "again", 0));
  R(put_message(id, 0, "none", 0));
  R(msgsnd(id, &(struct message){1, ""}, 1 << 20, 0));
  CHECK("msgrcv", "the first, of a type, of the lowest type");
  take(id, 32, 0, 0);
  take(id, 32, 5, 0);
  take(id, 32, -3, 0);
  CHECK("msgrcv(MSG_NOERROR|IPC_NOWAIT|MSG_EXCEPT)", "what is too long, what is not there");
  take(id, 2, 0, IPC_NOWAIT);
  take(id, 2, 0, IPC_NOWAIT | MSG_NOERROR);
  put_message(id, 4, "four", 0);
  take(id, 32, 4, IPC_NOWAIT | MSG_EXCEPT);
  take(id, 32, 1, IPC_NOWAIT | MSG_EXCEPT);
  take(id, 32, 0, IPC_NOWAIT);
  CHECK("msgrcv", "waits for another process");
  pid_t child = CHILD({
    sleep_ms(30);
    put_message(id, 3, "late", 0);
  });
  take(id, 32, 3, 0);
  reap("child", child);
  CHECK("msgctl(IPC_STAT)", "counts");
  struct msqid_ds info = {0};
  put_message(id, 1, "stays", 0);
  R(msgctl(id, IPC_STAT, &info));
  say("messages %ld", (long)info.msg_qnum);
  T(info.msg_lspid == getpid());
  CHECK("msgctl(IPC_RMID)", "gone");
  R(msgctl(id, IPC_RMID, NULL));
  R(put_message(id, 1, "x", 0));
  take(id, 32, 0, IPC_NOWAIT);
  R(msgctl(-1, IPC_RMID, NULL));
  return 0;
}
