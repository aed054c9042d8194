// covers: epoll_ctl
// Epoll descriptors that watch each other: circles and chains that are too long.
#include "case.h"

#include <sys/epoll.h>
static long add(int ep, int fd) {
  struct epoll_event event = {.events = EPOLLIN};
  return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
}

int main(void) {
  int e[12], p[2];
  NEED(pipe(p));
  for (int i = 0; i < 12; i++) e[i] = NEED(epoll_create1(0));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "itself, and by a duplicate");
  R(add(e[0], e[0]));
  R(add(e[0], NEED(dup(e[0]))));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "circles of two and of three");
  R(add(e[0], e[1]));
  R(add(e[1], e[0]));
  R(add(e[1], e[2]));
  R(add(e[2], e[0]));
  R(add(e[0], e[2]));
  R(epoll_ctl(e[0], EPOLL_CTL_DEL, e[1], NULL));
  R(epoll_ctl(e[0], EPOLL_CTL_DEL, e[2], NULL));
  R(add(e[2], e[0]));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "a chain built from below");
  int c[10];
  for (int i = 0; i < 10; i++) c[i] = NEED(epoll_create1(0));
  R(add(c[0], p[0]));
  for (int i = 1; i < 8; i++) say("level %d: %s", i, add(c[i], c[i - 1]) == 0 ? "ok" : errno_name(errno));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "a chain built from above");
  for (int i = 0; i < 10; i++) c[i] = NEED(epoll_create1(0));
  for (int i = 1; i < 8; i++) say("level %d: %s", i, add(c[i - 1], c[i]) == 0 ? "ok" : errno_name(errno));
  R(add(c[3], p[0]));
  R(add(c[4], p[0]));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "two chains joined");
  for (int i = 0; i < 10; i++) c[i] = NEED(epoll_create1(0));
  R(add(c[0], c[1]));
  R(add(c[1], c[2]));
  R(add(c[3], c[4]));
  R(add(c[4], c[5]));
  R(add(c[2], c[3]));
  R(add(c[1], c[3]));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "a diamond is no circle");
  for (int i = 0; i < 10; i++) c[i] = NEED(epoll_create1(0));
  R(add(c[0], c[1]));
  R(add(c[0], c[2]));
  R(add(c[1], c[3]));
  R(add(c[2], c[3]));
  R(add(c[3], p[0]));
  R(add(c[3], c[0]));
  return 0;
}
