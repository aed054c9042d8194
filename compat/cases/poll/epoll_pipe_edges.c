// covers: epoll_wait
// Edges of pipes: what counts as news for EPOLLET.
#include "case.h"

#include <sys/epoll.h>
static int ep;
static char data[65536];

static void show(const char *label) {
  struct epoll_event events[4];
  int count = epoll_wait(ep, events, 4, 0);
  say("%s: %d%s", label, count, "");
  for (int i = 0; i < count; i++) say("  %d: %#x", events[i].data.fd, events[i].events);
}
static void watch(int fd, uint32_t events, int mark) {
  struct epoll_event event = {.events = events | EPOLLET, .data.fd = mark};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
}

int main(void) {
  int p[2];
  ep = NEED(epoll_create1(0));
  NEED(pipe2(p, O_NONBLOCK));
  watch(p[0], EPOLLIN, 1);
  CHECK("epoll_wait(EPOLLET|EPOLLIN)", "each write is news, also when there is data already");
  show("empty");
  NEED(write(p[1], "a", 1));
  show("a byte");
  show("again");
  NEED(write(p[1], "b", 1));
  show("another");
  NEED(write(p[1], "c", 1));
  NEED(write(p[1], "d", 1));
  show("two more");
  show("again");
  CHECK("epoll_wait(EPOLLET|EPOLLIN)", "reading part is no news");
  NEED(read(p[0], data, 1));
  show("a byte read");
  NEED(read(p[0], data, 10));
  show("all read");
  NEED(write(p[1], "e", 1));
  NEED(read(p[0], data, 10));
  show("written and read");
  CHECK("epoll_wait(EPOLLET|EPOLLOUT)", "room is news only after the pipe was full");
  watch(p[1], EPOLLOUT, 2);
  show("at first");
  show("again");
  NEED(write(p[1], "x", 1));
  NEED(read(p[0], data, 1));
  show("after a byte in and out");
  NEED(write(p[1], data, sizeof data));
  show("full");
  NEED(read(p[0], data, 100));
  show("part of a page read");
  NEED(read(p[0], data, 4096));
  show("more than a page read");
  NEED(read(p[0], data, 4096));
  show("another page read");
  CHECK("epoll_wait(EPOLLET)", "the last writer's end is news");
  while (read(p[0], data, sizeof data) > 0) {
  }
  show("emptied");
  int copy = NEED(dup(p[1]));
  NEED(epoll_ctl(ep, EPOLL_CTL_DEL, p[1], NULL));
  close(p[1]);
  show("one of two writers closed");
  close(copy);
  show("the last writer closed");
  show("again");
  CHECK("epoll_wait(EPOLLET)", "the last reader's end is news");
  NEED(pipe2(p, O_NONBLOCK));
  watch(p[1], EPOLLOUT, 3);
  show("at first");
  close(p[0]);
  show("reader closed");
  show("again");
  return 0;
}
