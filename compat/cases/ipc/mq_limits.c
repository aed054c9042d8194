// Limits of POSIX message queues.
#include "case.h"

#include <mqueue.h>

static int made;
static mqd_t make(long messages, long size) {
  struct mq_attr a = {.mq_maxmsg = messages, .mq_msgsize = size};
  char name[64];
  snprintf(name, sizeof name, "/case.%d.%d", getpid(), made++);
  mqd_t q = mq_open(name, O_RDWR | O_CREAT, 0600, &a);
  if (q >= 0) mq_unlink(name);
  return q;
}

int main(void) {
  CHECK("read", "/proc/sys/fs/mqueue");
  say("msg_default %s", get("/proc/sys/fs/mqueue/msg_default"));
  say("msg_max %s", get("/proc/sys/fs/mqueue/msg_max"));
  say("msgsize_default %s", get("/proc/sys/fs/mqueue/msgsize_default"));
  say("msgsize_max %s", get("/proc/sys/fs/mqueue/msgsize_max"));
  say("queues_max %s", get("/proc/sys/fs/mqueue/queues_max"));
  CHECK("mq_open setrlimit(RLIMIT_MSGQUEUE)", "bytes of a user's queues");
  struct rlimit r = {3 * (10 * 128 + 10 * 48) + 200, 1 << 20};
  pid_t child = CHILD({
    NEED(setuid(12345));
    NEED(setrlimit(RLIMIT_MSGQUEUE, &r));
    mqd_t q[4];
    for (int i = 0; i < 4; i++) {
      q[i] = make(10, 128);
      say("queue %d: %s", i, q[i] < 0 ? errno_name(errno) : "made");
    }
    mq_close(q[0]);
    say("after one is closed: %s", make(10, 128) < 0 ? errno_name(errno) : "made");
  });
  reap("user", child);
  CHECK("mq_open", "of those without privilege");
  child = CHILD({
    NEED(setuid(12345));
    say("10 of 8192: %s", make(10, 8192) < 0 ? errno_name(errno) : "made");
    say("11 messages: %s", make(11, 128) < 0 ? errno_name(errno) : "made");
    say("8193 bytes: %s", make(1, 8193) < 0 ? errno_name(errno) : "made");
    say("no message: %s", make(0, 128) < 0 ? errno_name(errno) : "made");
    say("no bytes: %s", make(1, 0) < 0 ? errno_name(errno) : "made");
    say("fewer than none: %s", make(-1, 128) < 0 ? errno_name(errno) : "made");
  });
  reap("user", child);
  CHECK("mq_open", "what nobody may have");
  say("65537 messages: %s", make(65537, 1) < 0 ? errno_name(errno) : "made");
  say("17 MiB: %s", make(1, 17 << 20) < 0 ? errno_name(errno) : "made");
  CHECK("mq_open", "without attributes");
  char name[64];
  snprintf(name, sizeof name, "/case.%d.x", getpid());
  mqd_t q = NEED(mq_open(name, O_RDWR | O_CREAT, 0600, NULL));
  mq_unlink(name);
  struct mq_attr a;
  NEED(mq_getattr(q, &a));
  say("%ld messages of %ld bytes, flags %ld", a.mq_maxmsg, a.mq_msgsize, a.mq_flags);
  return 0;
}
