// covers: epoll_ctl epoll_wait
// The set is changed while a thread waits in epoll_wait(2).
#include "case.h"

#include <sys/epoll.h>
static int ep, p[2], q[2];
static atomic_int result;

static void *waiter(void *unused UNUSED) {
  struct epoll_event events[4];
  result = epoll_wait(ep, events, 4, 3000) == 1 ? (int)events[0].data.fd : -1;
  return NULL;
}
static pthread_t begin(void) {
  pthread_t thread;
  result = 0;
  pthread_create(&thread, NULL, waiter, NULL);
  sleep_ms(30);
  return thread;
}
static long ctl(int op, int fd, uint32_t events, int mark) {
  struct epoll_event event = {.events = events, .data.fd = mark};
  return epoll_ctl(ep, op, fd, &event);
}

int main(void) {
  ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  NEED(pipe(q));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "something ready wakes it");
  pthread_t thread = begin();
  NEED(write(p[1], "x", 1));
  say("%d", result);
  NEED(ctl(EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
  pthread_join(thread, NULL);
  say("%d", result);
  CHECK("epoll_ctl(EPOLL_CTL_MOD)", "events that are there wake it");
  NEED(ctl(EPOLL_CTL_MOD, p[0], EPOLLPRI, 1));
  thread = begin();
  say("%d", result);
  NEED(ctl(EPOLL_CTL_MOD, p[0], EPOLLIN, 2));
  pthread_join(thread, NULL);
  say("%d", result);
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "something quiet that becomes ready later");
  char c;
  NEED(read(p[0], &c, 1));
  thread = begin();
  NEED(ctl(EPOLL_CTL_ADD, q[0], EPOLLIN, 3));
  sleep_ms(10);
  say("%d", result);
  NEED(write(q[1], "x", 1));
  pthread_join(thread, NULL);
  say("%d", result);
  CHECK("epoll_ctl(EPOLL_CTL_DEL)", "what was taken away wakes nobody");
  NEED(read(q[0], &c, 1));
  thread = begin();
  NEED(ctl(EPOLL_CTL_DEL, q[0], 0, 0));
  NEED(write(q[1], "x", 1));
  sleep_ms(20);
  say("%d", result);
  NEED(write(p[1], "x", 1));
  pthread_join(thread, NULL);
  say("%d", result);
  CHECK("close", "nor does what was closed");
  NEED(read(p[0], &c, 1));
  NEED(ctl(EPOLL_CTL_ADD, q[0], EPOLLIN | EPOLLET, 4));
  struct epoll_event event;
  R(epoll_wait(ep, &event, 1, 0));
  thread = begin();
  close(q[0]);
  sleep_ms(20);
  say("%d", result);
  NEED(write(p[1], "x", 1));
  pthread_join(thread, NULL);
  say("%d", result);
  return 0;
}
