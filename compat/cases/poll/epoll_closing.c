// covers: epoll_wait epoll_ctl close
// Closed descriptors and epoll: what is watched is the open file.
#include "case.h"

#include <sys/epoll.h>
static int ep;
static void show(const char *label) {
  struct epoll_event events[4];
  int count = epoll_wait(ep, events, 4, 0);
  say("%s: %d, first %d", label, count, count > 0 ? events[0].data.fd : 0);
}
static long ctl(int op, int fd, int mark) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = mark};
  return epoll_ctl(ep, op, fd, &event);
}

int main(void) {
  int p[2];
  ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  NEED(write(p[1], "x", 1));
  CHECK("close", "the last descriptor takes the watch with it");
  NEED(ctl(EPOLL_CTL_ADD, p[0], 1));
  show("open");
  close(p[0]);
  show("closed");
  CHECK("close", "a duplicate keeps the watch, by a number that is no longer its own");
  NEED(pipe(p));
  NEED(write(p[1], "x", 1));
  int copy = NEED(dup(p[0]));
  NEED(ctl(EPOLL_CTL_ADD, p[0], 2));
  close(p[0]);
  show("closed, duplicate open");
  R(ctl(EPOLL_CTL_DEL, p[0], 0));
  R(ctl(EPOLL_CTL_DEL, copy, 0));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "the number used for another file is another watch");
  int q[2];
  NEED(pipe(q));
  NEED(dup2(q[0], p[0]));
  R(ctl(EPOLL_CTL_ADD, p[0], 3));
  show("old one ready");
  NEED(write(q[1], "x", 1));
  show("both ready");
  CHECK("epoll_ctl(EPOLL_CTL_DEL)", "with the file at its number again it can be taken away");
  NEED(dup2(copy, p[0]));
  R(ctl(EPOLL_CTL_DEL, p[0], 0));
  show("taken away");
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "a duplicate is watched by itself");
  R(ctl(EPOLL_CTL_ADD, p[0], 4));
  R(ctl(EPOLL_CTL_ADD, copy, 5));
  struct epoll_event events[8];
  R(epoll_wait(ep, events, 8, 0));
  close(copy);
  R(epoll_wait(ep, events, 8, 0));
  close(p[0]);
  R(epoll_wait(ep, events, 8, 0));
  CHECK("close", "an epoll that is closed while somebody waits in it");
  ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  NEED(ctl(EPOLL_CTL_ADD, p[0], 6));
  pid_t child = CHILD({ _exit(epoll_wait(ep, events, 8, 3000) == 1 ? 0 : 1); });
  close(ep);
  sleep_ms(20);
  NEED(write(p[1], "x", 1));
  reap("waiter", child);
  CHECK("close", "a descriptor inside a message is an open file");
  ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  int s[2];
  NEED(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
  NEED(ctl(EPOLL_CTL_ADD, p[0], 7));
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control = {
      .header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &p[0], sizeof(int));
  struct iovec one = {"x", 1};
  struct msghdr message = {
      .msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  NEED(sendmsg(s[0], &message, 0));
  close(p[0]);
  NEED(write(p[1], "x", 1));
  show("in flight");
  close(s[0]);
  close(s[1]);
  sleep_ms(20);
  show("the message is gone");
  return 0;
}
