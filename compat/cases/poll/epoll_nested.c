// covers: epoll_ctl epoll_wait
// Epoll descriptors inside others: readiness goes up, and can be polled.
#include "case.h"

#include <sys/epoll.h>
static int inner, middle, outer, p[2];

static void show(const char *label, int ep) {
  struct epoll_event event = {0};
  int count = epoll_wait(ep, &event, 1, 0);
  say("%s: %d, %#x of %d", label, count, count > 0 ? event.events : 0, count > 0 ? event.data.fd : 0);
}
static void add(int ep, int fd, uint32_t events, int mark) {
  struct epoll_event event = {.events = events, .data.fd = mark};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
}
static void poll_state(const char *label, int fd) {
  struct pollfd f = {fd, 0x7fff, 0};
  int count = poll(&f, 1, 0);
  say("%s: poll %d, %#x", label, count, f.revents);
}

int main(void) {
  char c;
  inner = NEED(epoll_create1(0));
  middle = NEED(epoll_create1(0));
  outer = NEED(epoll_create1(0));
  NEED(pipe(p));
  add(inner, p[0], EPOLLIN, 1);
  add(middle, inner, EPOLLIN, 2);
  add(outer, middle, EPOLLIN, 3);
  CHECK("epoll_wait", "readiness goes through three levels");
  show("outer, nothing", outer);
  poll_state("outer, nothing", outer);
  NEED(write(p[1], "x", 1));
  poll_state("inner", inner);
  poll_state("outer", outer);
  show("outer", outer);
  show("outer again", outer);
  show("middle", middle);
  show("inner", inner);
  CHECK("epoll_wait", "when the data is gone all are quiet");
  NEED(read(p[0], &c, 1));
  poll_state("outer", outer);
  show("outer", outer);
  show("inner", inner);
  CHECK("epoll_wait(EPOLLET)", "an inner one watched for edges");
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = 3};
  NEED(epoll_ctl(outer, EPOLL_CTL_MOD, middle, &event));
  NEED(write(p[1], "x", 1));
  show("outer", outer);
  show("outer again", outer);
  NEED(write(p[1], "x", 1));
  show("outer, more data", outer);
  show("inner", inner);
  show("outer, inner was asked", outer);
  NEED(write(p[1], "x", 1));
  show("outer, more data after that", outer);
  CHECK("epoll_wait", "waits through the levels");
  NEED(read(p[0], &c, 1));
  NEED(read(p[0], &c, 1));
  NEED(read(p[0], &c, 1));
  pid_t child = CHILD({
    sleep_ms(30);
    NEED(write(p[1], "x", 1));
  });
  R(epoll_wait(outer, &event, 1, 5000));
  NEED(waitpid(child, NULL, 0));
  CHECK("epoll_ctl(EPOLL_CTL_DEL)", "taking away the link");
  R(epoll_ctl(middle, EPOLL_CTL_DEL, inner, NULL));
  poll_state("outer", outer);
  add(middle, inner, EPOLLIN, 2);
  poll_state("outer", outer);
  CHECK("close", "closing the inner one");
  close(inner);
  poll_state("outer", outer);
  show("middle", middle);
  return 0;
}
