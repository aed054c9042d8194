// covers: epoll_wait epoll_ctl
// Events that are reported although nobody asked, and those that are not.
#include "case.h"

#include <sys/epoll.h>
static void show(const char *label, int fd, uint32_t events) {
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = events};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
  event.events = 0;
  int n = epoll_wait(ep, &event, 1, 0);
  say("%s: %d %#x", label, n, n > 0 ? event.events : 0);
  close(ep);
}

int main(void) {
  int p[2], s[2];
  CHECK("epoll_wait(EPOLLHUP|EPOLLERR)", "are always reported");
  NEED(pipe(p));
  close(p[1]);
  show("no writer, nothing asked", p[0], 0);
  show("no writer, EPOLLIN asked", p[0], EPOLLIN);
  show("no writer, EPOLLOUT asked", p[0], EPOLLOUT);
  NEED(pipe(p));
  close(p[0]);
  show("no reader, nothing asked", p[1], 0);
  show("no reader, EPOLLOUT asked", p[1], EPOLLOUT);
  show("no reader, EPOLLHUP asked", p[1], EPOLLHUP);
  CHECK("epoll_wait(EPOLLRDHUP)", "only when asked");
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  NEED(shutdown(s[1], SHUT_WR));
  show("nothing asked", s[0], 0);
  show("EPOLLIN asked", s[0], EPOLLIN);
  show("EPOLLRDHUP asked", s[0], EPOLLRDHUP);
  show("all asked", s[0], 0x3fff);
  close(s[1]);
  show("closed, nothing asked", s[0], 0);
  show("closed, all asked", s[0], 0x3fff);
  CHECK("epoll_wait(EPOLLRDNORM|EPOLLWRNORM|EPOLLRDBAND)", "other names of the same");
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  NEED(write(s[1], "x", 1));
  show("EPOLLRDNORM", s[0], EPOLLRDNORM);
  show("EPOLLWRNORM", s[0], EPOLLWRNORM);
  show("EPOLLRDBAND|EPOLLWRBAND", s[0], EPOLLRDBAND | EPOLLWRBAND);
  show("EPOLLMSG|EPOLLPRI", s[0], EPOLLMSG | EPOLLPRI);
  NEED(pipe(p));
  NEED(write(p[1], "x", 1));
  show("pipe, all", p[0], 0x3fff);
  show("pipe's other end, all", p[1], 0x3fff);
  CHECK("epoll_ctl(EPOLL_CTL_MOD)", "user data and events change together");
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = 1};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event));
  event = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.u64 = 0xfedcba9876543210ul};
  NEED(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &event));
  struct epoll_event events[3];
  R(epoll_wait(ep, events, 3, 0));
  say("%#lx", (unsigned long)events[0].data.u64);
  event.events = EPOLLIN | EPOLLET;
  R(epoll_wait(ep, events, 3, 0));
  NEED(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &event));
  R(epoll_wait(ep, events, 3, 0));
  return 0;
}
