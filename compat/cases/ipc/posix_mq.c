// libs: -lrt
// POSIX message queues: priorities, limits, waiting, notification.
#include "case.h"

#include <mqueue.h>
int main(void) {
  char name[64], text[64] = {0};
  sprintf(name, "/tvisor-case-%d", getpid());
  struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 32}, now = {0};
  CHECK("mq_open(O_CREAT|O_EXCL)", "a queue, once");
  mqd_t queue = OK(mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr));
  R(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
  R(mq_open("/tvisor-case-none", O_RDWR));
  attr.mq_maxmsg = -1;
  R(mq_open("/tvisor-case-none", O_RDWR | O_CREAT, 0600, &attr));
  CHECK("mq_timedsend", "sizes and a full queue");
  R(mq_send(queue, "low", 4, 1));
  R(mq_send(queue, "high", 5, 9));
  R(mq_send(queue, "also low", 9, 1));
  R(mq_send(queue, "x", 2, 1));
  R(mq_send(queue, text, 33, 1));
  R(mq_send(queue, "x", 2, 40000));
  CHECK("mq_timedreceive", "the highest first");
  unsigned priority = 0;
  R(mq_receive(queue, text, sizeof text, &priority));
  say("'%s' %u", text, priority);
  R(mq_receive(queue, text, sizeof text, &priority));
  say("'%s' %u", text, priority);
  R(mq_receive(queue, text, 10, &priority));
  CHECK("mq_getsetattr", "what is in it, and O_NONBLOCK");
  R(mq_getattr(queue, &now));
  say("max %ld size %ld now %ld flags %#lx", now.mq_maxmsg, now.mq_msgsize, now.mq_curmsgs, now.mq_flags);
  now.mq_flags = 0;
  R(mq_setattr(queue, &now, NULL));
  CHECK("mq_timedreceive", "waits until a time");
  R(mq_receive(queue, text, sizeof text, &priority));
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  R(mq_timedreceive(queue, text, sizeof text, &priority, &soon));
  CHECK("mq_notify", "a signal when a message comes");
  sigset_t set;
  siginfo_t info;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 6};
  R(mq_notify(queue, &event));
  R(mq_notify(queue, &event));
  R(mq_send(queue, "ping", 5, 1));
  struct timespec limit = {1, 0};
  T(sigtimedwait(&set, &info, &limit) == SIGUSR1 && info.si_code == SI_MESGQ && info.si_value.sival_int == 6);
  CHECK("mq_unlink", "once");
  R(mq_unlink(name));
  R(mq_unlink(name));
  R(mq_receive(queue, text, sizeof text, &priority));
  CHECK("mq_timedsend mq_timedreceive mq_getsetattr", "no queue");
  R(mq_send(-1, "x", 1, 1));
  R(mq_receive(-1, text, 1, NULL));
  R(mq_getattr(-1, &now));
  return 0;
}
