// tags: interrupts
// Waiting for messages and for room in POSIX queues; time limits, signals, readiness in epoll.
#include "case.h"

#include <mqueue.h>
#include <sys/epoll.h>
#define NAME "/compat.mq_wait"
static mqd_t q;
static char text[64];
static void handler(int signal) {}
static struct timespec in_ms(int ms) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += ms * 1000000L;
  t.tv_sec += t.tv_nsec / 1000000000;
  t.tv_nsec %= 1000000000;
  return t;
}
int main(void) {
  struct mq_attr a = {0, 2, 64, 0};
  mq_unlink(NAME);
  q = mq_open(NAME, O_CREAT | O_RDWR, 0600, &a);
  unsigned priority;
  CHECK("mq_timedreceive mq_timedsend", "a receiver waits");
  pid_t child = CHILD({
    R(mq_receive(q, text, 64, &priority));
    say("%s %u", text, priority);
  });
  sleep_ms(30);
  NEED(mq_send(q, "hello", 6, 3));
  reap("child", child);
  CHECK("mq_timedsend mq_timedreceive", "a sender waits for room");
  NEED(mq_send(q, "one", 4, 1));
  NEED(mq_send(q, "two", 4, 1));
  child = CHILD(R(mq_send(q, "three", 6, 2)));
  sleep_ms(30);
  NEED(mq_receive(q, text, 64, &priority));
  reap("child", child);
  say("%s %u", text, priority);
  R(mq_receive(q, text, 64, &priority));
  say("%s %u", text, priority);
  R(mq_receive(q, text, 64, &priority));
  CHECK("mq_timedreceive mq_timedsend", "time limits");
  struct timespec limit = in_ms(30), past = {1, 0};
  long long start = now_ms();
  R(mq_timedreceive(q, text, 64, NULL, &limit));
  T(now_ms() - start >= 28);
  R(mq_timedreceive(q, text, 64, NULL, &past));
  NEED(mq_send(q, "x", 1, 0));
  R(mq_timedreceive(q, text, 64, NULL, &past));
  NEED(mq_send(q, "x", 1, 0));
  NEED(mq_send(q, "x", 1, 0));
  limit = in_ms(30);
  R(mq_timedsend(q, "x", 1, 0, &limit));
  NEED(mq_receive(q, text, 64, NULL));
  NEED(mq_receive(q, text, 64, NULL));
  CHECK("mq_timedreceive", "signals with and without SA_RESTART");
  pid_t parent = getpid();
  handle(SIGUSR1, handler, 0);
  child = CHILD(sleep_ms(40); kill(parent, SIGUSR1));
  R(mq_receive(q, text, 64, NULL));
  waitpid(child, NULL, 0);
  handle(SIGUSR1, handler, SA_RESTART);
  child = CHILD(sleep_ms(40); kill(parent, SIGUSR1); sleep_ms(30); mq_send(q, "after", 6, 0));
  R(mq_receive(q, text, 64, NULL));
  waitpid(child, NULL, 0);
  CHECK("mq_timedreceive", "a waiter that is killed takes nothing");
  child = CHILD(mq_receive(q, text, 64, NULL));
  sleep_ms(30);
  kill(child, SIGKILL);
  reap("child", child);
  NEED(mq_send(q, "kept", 5, 0));
  R(mq_receive(q, text, 64, NULL));
  CHECK("epoll_wait(EPOLLIN|EPOLLOUT)", "readiness changes");
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, q, &event));
  R(epoll_wait(ep, &event, 1, 0));
  child = CHILD(sleep_ms(30); mq_send(q, "x", 1, 0));
  R(epoll_wait(ep, &event, 1, 5000));
  waitpid(child, NULL, 0);
  R(epoll_wait(ep, &event, 1, 0));
  NEED(mq_send(q, "y", 1, 0));
  event.events = EPOLLOUT;
  NEED(epoll_ctl(ep, EPOLL_CTL_MOD, q, &event));
  R(epoll_wait(ep, &event, 1, 0));
  child = CHILD(sleep_ms(30); mq_receive(q, text, 64, NULL));
  R(epoll_wait(ep, &event, 1, 5000));
  waitpid(child, NULL, 0);
  mq_unlink(NAME);
  return 0;
}
