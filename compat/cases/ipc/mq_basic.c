// POSIX message queues: opening, priorities, attributes, sizes, errors.
#include "case.h"

#include <mqueue.h>
#define NAME "/compat.mq_basic"
static mqd_t q;
static char text[8192];
static void attributes(mqd_t queue) {
  struct mq_attr a;
  if (mq_getattr(queue, &a))
    say("%s", errno_name(errno));
  else
    say("flags %#lx, %ld of %ld messages of %ld bytes", a.mq_flags, a.mq_curmsgs, a.mq_maxmsg, a.mq_msgsize);
}
static void receive(void) {
  unsigned priority = 99;
  memset(text, 0, 16);
  ssize_t got = mq_receive(q, text, sizeof text, &priority);
  if (got < 0)
    say("receive: %s", errno_name(errno));
  else
    say("receive: %zd bytes, priority %u: %s", got, priority, text);
}
static mqd_t make(long messages, long size) {
  struct mq_attr a = {0, messages, size, 0};
  mqd_t got = mq_open(NAME ".other", O_CREAT | O_RDWR, 0600, &a);
  if (got >= 0) {
    attributes(got);
    mq_close(got);
    mq_unlink(NAME ".other");
  }
  return got >= 0 ? 0 : -1;
}
int main(void) {
  mq_unlink(NAME);
  CHECK("mq_open(O_CREAT|O_EXCL)", "made, found, refused");
  R(mq_open(NAME, O_RDWR));
  q = mq_open(NAME, O_CREAT | O_RDWR | O_NONBLOCK, 0666, NULL);
  T(q >= 0);
  R(fcntl(q, F_GETFD));
  say("%#x", fcntl(q, F_GETFL) & ~O_LARGEFILE);
  R(mq_open(NAME, O_CREAT | O_EXCL | O_RDWR, 0600, NULL));
  T(mq_open(NAME, O_CREAT | O_RDWR, 0600, NULL) >= 0);
  struct stat st;
  R(fstat(q, &st));
  say("mode %o, %ld bytes, %ld links", st.st_mode, (long)st.st_size, (long)st.st_nlink);
  attributes(q);
  CHECK("mq_timedsend mq_timedreceive", "by priority, then by age");
  R(mq_send(q, "low", 3, 1));
  R(mq_send(q, "high", 4, 9));
  R(mq_send(q, "low too", 7, 1));
  R(mq_send(q, "", 0, 32767));
  R(mq_send(q, "x", 1, 32768));
  attributes(q);
  for (int i = 0; i < 5; i++) receive();
  CHECK("mq_timedsend(O_NONBLOCK)", "full");
  for (int i = 0; i < 10; i++) NEED(mq_send(q, "x", 1, 0));
  R(mq_send(q, "x", 1, 0));
  struct timespec past = {1, 0}, wrong = {1, -1};
  R(mq_timedsend(q, "x", 1, 0, &past));
  R(mq_timedsend(q, "x", 1, 0, &wrong));
  CHECK("poll", "readiness");
  struct pollfd p = {q, POLLIN | POLLOUT, 0};
  R(poll(&p, 1, 0));
  say("%#x", p.revents);
  receive();
  R(poll(&p, 1, 0));
  say("%#x", p.revents);
  for (int i = 0; i < 9; i++) NEED(mq_receive(q, text, sizeof text, NULL));
  R(poll(&p, 1, 0));
  say("%#x", p.revents);
  CHECK("mq_timedsend mq_timedreceive", "sizes");
  R(mq_send(q, text, 8193, 0));
  R(mq_send(q, text, 8192, 0));
  R(mq_receive(q, text, 8191, NULL));
  R(mq_receive(q, text, 8192, NULL));
  R(mq_timedreceive(q, text, 8192, NULL, &wrong));
  CHECK("mq_getsetattr", "flags");
  struct mq_attr set = {0, 5, 5, 5}, old;
  R(mq_setattr(q, &set, &old));
  say("%#lx", old.mq_flags);
  attributes(q);
  set.mq_flags = O_NONBLOCK | O_APPEND;
  R(mq_setattr(q, &set, NULL));
  set.mq_flags = O_NONBLOCK;
  R(mq_setattr(q, &set, NULL));
  attributes(q);
  R(syscall(SYS_mq_getsetattr, q, NULL, NULL));
  R(syscall(SYS_mq_getsetattr, 1, NULL, &old));
  CHECK("mq_open", "access modes");
  mqd_t reader = mq_open(NAME, O_RDONLY), writer = mq_open(NAME, O_WRONLY);
  R(mq_send(reader, "x", 1, 0));
  R(mq_receive(writer, text, sizeof text, NULL));
  R(mq_send(1, "x", 1, 0));
  R(mq_receive(-1, text, sizeof text, NULL));
  R(mq_open(NAME, O_RDWR | O_WRONLY));
  CHECK("read write", "the queue as a file");
  NEED(mq_send(q, "four", 4, 0));
  memset(text, 0, 128);
  R(read(q, text, 100) > 0);
  say("%s", text);
  R(write(q, "x", 1));
  R(lseek(q, 0, SEEK_SET));
  receive();
  CHECK("mq_open", "sizes of queues");
  R(make(0, 10));
  R(make(10, 0));
  R(make(-1, 10));
  R(make(10, 100));
  R(make(65537, 1));
  R(make(1, (16 << 20) + 1));
  struct rlimit limit = {100000, 100000};
  reap("limited", CHILD({
         NEED(setrlimit(RLIMIT_MSGQUEUE, &limit));
         R(make(10, 8192));
         R(make(10, 4096));
         NEED(setuid(1234));
         R(make(11, 10));
         R(make(10, 8193));
       }));
  CHECK("mq_open mq_unlink", "names");
  char longest[300];
  memset(longest, 'n', sizeof longest);
  longest[256] = 0;
  R(syscall(SYS_mq_open, longest, O_CREAT | O_RDWR, 0600, NULL));
  R(syscall(SYS_mq_open, "a/b", O_CREAT | O_RDWR, 0600, NULL));
  R(syscall(SYS_mq_open, "/a", O_CREAT | O_RDWR, 0600, NULL));
  R(syscall(SYS_mq_open, ".", O_RDONLY, 0600, NULL));
  R(syscall(SYS_mq_open, "..", O_RDONLY, 0600, NULL));
  R(syscall(SYS_mq_open, "", O_CREAT | O_RDWR, 0600, NULL));
  R(syscall(SYS_mq_unlink, ""));
  R(syscall(SYS_mq_unlink, "no.such.queue"));
  BAD_POINTERS("mq_open", 4, syscall(SYS_mq_open, bad, O_RDWR, 0, NULL));
  BAD_POINTERS("mq_open", 4, syscall(SYS_mq_open, "nothing", O_RDWR, 0, bad));
  BAD_POINTERS("mq_unlink", 4, syscall(SYS_mq_unlink, bad));
  BAD_POINTERS("mq_timedsend", 4, mq_send(q, bad, 8, 0));
  BAD_POINTERS("mq_timedsend", 4, mq_timedsend(q, text, 8, 0, bad));
  for (int i = 0; i < 5; i++) NEED(mq_send(q, "12345678", 8, 0));
  BAD_POINTERS("mq_timedreceive", 5, mq_receive(q, bad, 8192, NULL));
  for (int i = 0; i < 5; i++) NEED(mq_send(q, "12345678", 8, 0));
  BAD_POINTERS("mq_timedreceive", 5, mq_receive(q, text, 8192, bad));
  BAD_POINTERS("mq_getsetattr", 4, syscall(SYS_mq_getsetattr, q, bad, NULL));
  BAD_POINTERS("mq_getsetattr", 5, syscall(SYS_mq_getsetattr, q, NULL, bad));
  CHECK("mq_open mq_unlink", "permissions of others");
  reap("stranger", CHILD({
         NEED(setgroups(0, NULL));
         NEED(setgid(4321));
         NEED(setuid(1234));
         T(mq_open(NAME, O_RDONLY) >= 0);
         R(mq_open(NAME, O_RDWR));
         R(mq_open(NAME, O_WRONLY));
         R(syscall(SYS_mq_unlink, NAME + 1));
         T(mq_open(NAME ".own", O_CREAT | O_RDWR, 0600, NULL) >= 0);
         R(mq_unlink(NAME ".own"));
       }));
  CHECK("mq_unlink", "an open queue stays");
  R(mq_unlink(NAME));
  R(mq_unlink(NAME));
  R(mq_send(q, "still", 5, 0));
  receive();
  R(mq_open(NAME, O_RDWR));
  R(fstat(q, &st));
  R(st.st_nlink);
  return 0;
}
