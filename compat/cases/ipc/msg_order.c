// Messages of many types: which is taken, and what a queue counts.
#include "case.h"

#include <sys/msg.h>

static struct {
  long type;
  char text[64];
} m;
static int q;

static void put_one(long type, const char *text) {
  m.type = type;
  strcpy(m.text, text);
  NEED(msgsnd(q, &m, strlen(text) + 1, IPC_NOWAIT));
}
static void take(long type, int flags) {
  long n = msgrcv(q, &m, sizeof m.text, type, IPC_NOWAIT | flags);
  if (n < 0)
    say("%ld: %s", type, errno_name(errno));
  else
    say("%ld: type %ld \"%s\"", type, m.type, m.text);
}

int main(void) {
  q = NEED(msgget(IPC_PRIVATE, 0600));
  CHECK("msgrcv", "at most a type: the lowest, of those the oldest");
  put_one(5, "five");
  put_one(3, "three");
  put_one(7, "seven");
  put_one(3, "three again");
  put_one(1, "one");
  take(-4, 0);
  take(-4, 0);
  take(-4, 0);
  take(-4, 0);
  take(-1000, 0);
  CHECK("msgrcv", "the smallest number there is");
  put_one(2, "two");
  take(LONG_MIN, 0);
  CHECK("msgrcv(MSG_EXCEPT)", "all but one type");
  put_one(2, "two");
  put_one(4, "four");
  take(7, MSG_EXCEPT);
  take(7, MSG_EXCEPT);
  take(7, MSG_EXCEPT);
  take(7, 0);
  CHECK("msgsnd msgctl(IPC_STAT)", "hundreds of empty messages count, too");
  struct msqid_ds d;
  m.type = 1;
  int n = 0;
  while (msgsnd(q, &m, 0, IPC_NOWAIT) == 0) n++;
  say("%s", errno_name(errno));
  NEED(msgctl(q, IPC_STAT, &d));
  T((unsigned)n == d.msg_qbytes);
  T(d.msg_qnum == (unsigned)n);
  say("bytes %lu", d.__msg_cbytes);
  CHECK("msgrcv", "and can be taken");
  while (msgrcv(q, &m, 0, 0, IPC_NOWAIT) == 0) n--;
  say("%d left, %s", n, errno_name(errno));
  CHECK("msgsnd", "types that there cannot be");
  m.type = 0;
  R(msgsnd(q, &m, 1, IPC_NOWAIT));
  m.type = -1;
  R(msgsnd(q, &m, 1, IPC_NOWAIT));
  m.type = LONG_MAX;
  R(msgsnd(q, &m, 1, IPC_NOWAIT));
  take(LONG_MAX, 0);
  NEED(msgctl(q, IPC_RMID, NULL));
  return 0;
}
