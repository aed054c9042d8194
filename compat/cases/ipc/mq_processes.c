// A message queue among processes: descriptors that are inherited, and dup.
#include "case.h"

#include <mqueue.h>

int main(int argc, char **argv) {
  if (argc > 2) {
    say("descriptor in a new program: %s", fcntl(atoi(argv[2]), F_GETFD) < 0 ? errno_name(errno) : "open");
    return 0;
  }
  struct mq_attr a = {.mq_maxmsg = 4, .mq_msgsize = 16};
  char name[64], text[16];
  unsigned priority;
  snprintf(name, sizeof name, "/case.%d", getpid());
  mqd_t q = NEED(mq_open(name, O_RDWR | O_CREAT, 0600, &a));
  CHECK("fork mq_timedsend", "children share the queue");
  for (int i = 0; i < 3; i++) {
    pid_t child = CHILD({
      char one[2] = {'a' + i};
      NEED(mq_send(q, one, 2, i));
    });
    reap("sender", child);
  }
  while (mq_getattr(q, &a) == 0 && a.mq_curmsgs > 0) {
    NEED(mq_receive(q, text, sizeof text, &priority));
    say("%s of priority %u", text, priority);
  }
  CHECK("dup", "flags are the description's");
  mqd_t copy = NEED(dup(q)), own = NEED(mq_open(name, O_RDWR));
  struct mq_attr flags = {.mq_flags = O_NONBLOCK};
  NEED(mq_setattr(copy, &flags, NULL));
  R(mq_receive(q, text, sizeof text, NULL));
  NEED(mq_getattr(own, &a));
  say("another description: %ld", a.mq_flags);
  CHECK("fork mq_timedreceive", "a child waits for its parent");
  pid_t child = CHILD({
    NEED(mq_receive(own, text, sizeof text, &priority));
    say("got %s", text);
  });
  sleep_ms(20);
  NEED(mq_send(q, "late", 5, 0));
  reap("receiver", child);
  CHECK("execve", "descriptors are closed by a new program");
  child = CHILD({
    char number[16];
    snprintf(number, sizeof number, "%d", q);
    execl("/proc/self/exe", "case", "@fd", number, NULL);
  });
  reap("program", child);
  CHECK("fstat", "as a file");
  struct stat s;
  NEED(fstat(q, &s));
  say("type %o, mode %o, size %ld", s.st_mode & S_IFMT, s.st_mode & 07777, (long)s.st_size);
  CHECK("lseek mmap write", "what a queue is not");
  R(write(q, "x", 1));
  T(mmap(NULL, 4096, PROT_READ, MAP_SHARED, q, 0) == MAP_FAILED);
  mq_unlink(name);
  return 0;
}
