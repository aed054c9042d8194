// epoll: level, edge and one-shot, errors of ctl, nesting.
#include "case.h"

#include <sys/epoll.h>
static int ep;
static void show(const char *label, int timeout) {
  struct epoll_event events[4];
  int count = epoll_wait(ep, events, 4, timeout);
  if (count <= 0)
    say("%s: %d", label, count);
  else
    say("%s: %d, events %#x data %d", label, count, events[0].events, events[0].data.fd);
}
static int ctl(int op, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = 7};
  return epoll_ctl(ep, op, fd, &event);
}
int main(void) {
  int p[2];
  NEED(pipe(p));
  ep = NEED(epoll_create1(EPOLL_CLOEXEC));
  CHECK("epoll_ctl(EPOLL_CTL_ADD|EPOLL_CTL_MOD|EPOLL_CTL_DEL)",
        "what is there, what is not, unknown operations");
  R(ctl(EPOLL_CTL_ADD, p[0], EPOLLIN));
  R(ctl(EPOLL_CTL_ADD, p[0], EPOLLIN));
  R(ctl(EPOLL_CTL_MOD, p[1], EPOLLIN));
  R(ctl(EPOLL_CTL_DEL, p[1], 0));
  R(ctl(EPOLL_CTL_ADD, ep, EPOLLIN));
  R(ctl(EPOLL_CTL_ADD, 999, EPOLLIN));
  R(ctl(99, p[1], EPOLLIN));
  CHECK("epoll_wait(EPOLLIN)", "as long as there is data");
  show("empty", 0);
  NEED(write(p[1], "ab", 2));
  show("level", -1);
  show("level again", -1);
  CHECK("epoll_wait(EPOLLET)", "once for each arrival");
  R(ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET));
  show("edge", 0);
  show("edge again", 0);
  NEED(write(p[1], "c", 1));
  show("edge after more", 0);
  CHECK("epoll_wait(EPOLLONESHOT)", "once until it is armed again");
  R(ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT));
  show("one-shot", 0);
  NEED(write(p[1], "d", 1));
  show("one-shot again", 0);
  R(ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT));
  show("rearmed", 0);
  CHECK("epoll_wait", "counts and descriptors");
  R(ctl(EPOLL_CTL_MOD, p[0], EPOLLIN));
  struct epoll_event event;
  R(epoll_wait(ep, &event, 0, 0));
  R(epoll_wait(ep, &event, -1, 0));
  R(epoll_wait(p[0], &event, 1, 0));
  R(epoll_wait(-1, &event, 1, 0));
  CHECK("poll", "an epoll descriptor");
  struct pollfd poller = {ep, POLLIN, 0};
  R(poll(&poller, 1, 0));
  CHECK("epoll_wait(EPOLLHUP)", "the writer has gone");
  close(p[1]);
  show("hang-up", 0);
  CHECK("epoll_ctl", "a file");
  put("f", "x");
  R(ctl(EPOLL_CTL_ADD, NEED(open("f", O_RDONLY)), EPOLLIN));
  CHECK("epoll_wait", "a description lives on in a duplicate");
  int copy = NEED(dup(p[0]));
  close(p[0]);
  show("closed, but a duplicate is open", 0);
  close(copy);
  show("all closed", 0);
  CHECK("epoll_create1 epoll_create", "flags and sizes");
  R(epoll_create1(1));
  R(epoll_create(0));
  return 0;
}
