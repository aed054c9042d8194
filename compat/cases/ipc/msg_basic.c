// Message queues: what is sent is received, by type, cut or not, copied; errors.
#include "case.h"

#include <sys/msg.h>
#ifndef MSG_COPY
#define MSG_COPY 040000
#endif
#define KEY 0x7eed0010
struct message {
  long type;
  char text[16384];
};
static int id;
static struct message in;
static long post(long type, const char *text, int flags) {
  struct message out = {.type = type};
  strcpy(out.text, text);
  return msgsnd(id, &out, strlen(text), flags);
}
static void receive(size_t size, long type, int flags) {
  memset(&in, 0, 64);
  ssize_t got = msgrcv(id, &in, size, type, flags);
  if (got < 0)
    say("type %ld flags %#x: %s", type, flags, errno_name(errno));
  else
    say("type %ld flags %#x: %zd %ld %s", type, flags, got, in.type, in.text);
}
static void fill(void) {
  const long types[] = {5, 3, 9, 3, 5};
  for (int i = 0; i < 5; i++) {
    char text[8];
    sprintf(text, "m%d", i);
    NEED(post(types[i], text, 0));
  }
}
static void drain(void) {
  while (msgrcv(id, &in, 8192, 0, IPC_NOWAIT) >= 0) {
  }
}
int main(void) {
  CHECK("msgget(IPC_CREAT|IPC_EXCL)", "a key names one queue");
  R(msgget(KEY, 0600));
  id = NEED(msgget(KEY, IPC_CREAT | 0640));
  T(msgget(KEY, IPC_CREAT | 0600) == id);
  R(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));
  CHECK("msgsnd msgrcv", "in order, empty ones too");
  R(post(1, "first", 0));
  R(post(2, "", 0));
  receive(100, 0, 0);
  receive(100, 0, 0);
  receive(100, 0, IPC_NOWAIT);
  CHECK("msgrcv", "by type");
  fill();
  receive(100, 3, 0);
  receive(100, -5, 0);
  receive(100, -4, IPC_NOWAIT);
  receive(100, LONG_MIN, 0);
  receive(100, 7, IPC_NOWAIT);
  drain();
  CHECK("msgrcv(MSG_EXCEPT)", "any type but one");
  fill();
  receive(100, 5, MSG_EXCEPT);
  receive(100, 3, MSG_EXCEPT);
  receive(100, 0, MSG_EXCEPT);
  drain();
  CHECK("msgrcv(MSG_NOERROR)", "messages that are too long");
  NEED(post(1, "a long message", 0));
  receive(5, 0, 0);
  receive(5, 0, MSG_NOERROR);
  receive(5, 0, IPC_NOWAIT);
  CHECK("msgrcv(MSG_COPY)", "looking without taking");
  fill();
  receive(100, 2, MSG_COPY | IPC_NOWAIT);
  receive(100, 0, MSG_COPY | IPC_NOWAIT);
  receive(100, 5, MSG_COPY | IPC_NOWAIT);
  receive(100, -1, MSG_COPY | IPC_NOWAIT);
  receive(1, 0, MSG_COPY | IPC_NOWAIT);
  receive(1, 0, MSG_COPY | IPC_NOWAIT | MSG_NOERROR);
  receive(100, 0, MSG_COPY);
  receive(100, 0, MSG_COPY | IPC_NOWAIT | MSG_EXCEPT);
  receive(100, 0, 0);
  drain();
  CHECK("msgsnd", "what cannot be sent");
  struct message out = {.type = 0};
  R(msgsnd(id, &out, 4, 0));
  out.type = -1;
  R(msgsnd(id, &out, 4, 0));
  out.type = 1;
  R(msgsnd(id, &out, 8193, 0));
  R(msgsnd(id, &out, -1, 0));
  R(msgsnd(-1, &out, 1, 0));
  R(msgsnd(0x7fffffff, &out, 1, 0));
  R(msgsnd(id, &out, 8192, IPC_NOWAIT));
  R(msgsnd(id, &out, 8192, IPC_NOWAIT));
  R(msgsnd(id, &out, 1, IPC_NOWAIT));
  R(msgsnd(id, &out, 0, IPC_NOWAIT));
  drain();
  CHECK("msgrcv", "what cannot be received");
  R(msgrcv(id, &in, -1, 0, IPC_NOWAIT));
  R(msgrcv(-1, &in, 1, 0, IPC_NOWAIT));
  R(msgrcv(0x7fffffff, &in, 1, 0, IPC_NOWAIT));
  BAD_POINTERS("msgsnd", 4, msgsnd(id, bad, 1, IPC_NOWAIT));
  for (int i = 0; i < 5; i++) NEED(post(1, "x", 0));
  BAD_POINTERS("msgrcv", 5, msgrcv(id, bad, 8, 0, IPC_NOWAIT));
  CHECK("msgrcv", "a message that cannot be stored is lost");
  receive(100, 0, IPC_NOWAIT);
  CHECK("msgsnd msgrcv", "permissions of others");
  NEED(post(1, "x", 0));
  reap("stranger", CHILD({
         NEED(setgroups(0, NULL));
         NEED(setgid(4321));
         NEED(setuid(1234));
         R(msgget(KEY, 0400));
         R(post(1, "x", 0));
         R(msgrcv(id, &in, 8, 0, IPC_NOWAIT));
         R(msgctl(id, IPC_RMID, NULL));
       }));
  CHECK("msgctl(IPC_RMID)", "an identifier that is gone");
  R(msgctl(id, IPC_RMID, NULL));
  R(post(1, "x", 0));
  R(msgget(KEY, 0));
  return 0;
}
