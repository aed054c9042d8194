// covers: epoll_ctl epoll_wait
// EPOLLONESHOT: silent after one report, in whatever way it is armed again.
#include "case.h"

#include <sys/epoll.h>
static int ep, p[2];

static void show(const char *label) {
  struct epoll_event event = {0};
  int count = epoll_wait(ep, &event, 1, 0);
  say("%s: %d, %#x", label, count, count > 0 ? event.events : 0);
}
static int arm(int op, uint32_t events) {
  struct epoll_event event = {.events = events};
  return epoll_ctl(ep, op, p[0], &event);
}

int main(void) {
  char c;
  ep = NEED(epoll_create1(0));
  NEED(pipe2(p, O_NONBLOCK));
  CHECK("epoll_wait(EPOLLONESHOT)", "one report, whatever else happens");
  NEED(arm(EPOLL_CTL_ADD, EPOLLIN | EPOLLONESHOT));
  show("nothing yet");
  NEED(write(p[1], "a", 1));
  show("first");
  show("second");
  NEED(write(p[1], "b", 1));
  show("more data");
  CHECK("epoll_ctl(EPOLL_CTL_MOD|EPOLLONESHOT)", "armed again it reports what is there");
  NEED(arm(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT));
  show("armed");
  show("again");
  NEED(read(p[0], &c, 1));
  NEED(read(p[0], &c, 1));
  NEED(arm(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT));
  show("armed, nothing there");
  NEED(write(p[1], "c", 1));
  show("data");
  CHECK("epoll_wait(EPOLLONESHOT|EPOLLET)", "both together");
  NEED(arm(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT | EPOLLET));
  show("armed");
  NEED(write(p[1], "d", 1));
  show("more data");
  NEED(arm(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT | EPOLLET));
  show("armed again");
  CHECK("epoll_wait(EPOLLONESHOT)", "a hang-up is not reported while it is silent");
  close(p[1]);
  show("silent");
  NEED(arm(EPOLL_CTL_MOD, EPOLLONESHOT));
  show("armed for nothing but that");
  show("again");
  CHECK("epoll_ctl(EPOLL_CTL_MOD)", "becomes level-triggered for good");
  NEED(arm(EPOLL_CTL_MOD, EPOLLIN));
  show("level");
  show("level");
  CHECK("epoll_ctl(EPOLL_CTL_ADD|EPOLL_CTL_DEL)", "a silent one is still there");
  NEED(arm(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT));
  show("reported");
  R(arm(EPOLL_CTL_ADD, EPOLLIN));
  R(arm(EPOLL_CTL_DEL, 0));
  R(arm(EPOLL_CTL_MOD, EPOLLIN));
  R(arm(EPOLL_CTL_ADD, EPOLLIN));
  show("added anew");
  return 0;
}
