// covers: poll epoll_wait
// Datagram sockets: writable only while the other side's queue has room.
#include "case.h"

#include <sys/epoll.h>
static void state(const char *label, int fd) {
  struct pollfd f = {fd, POLLIN | POLLOUT, 0};
  int n = poll(&f, 1, 0);
  say("%s: %d %#x", label, n, f.revents);
}

int main(void) {
  int s[2], count = 0;
  char byte = 0;
  NEED(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s));
  CHECK("poll", "a pair");
  state("empty", s[0]);
  while (send(s[0], &byte, 1, 0) == 1) count++;
  say("%s after some", errno_name(errno));
  T(count >= 1 && count < 100000);
  state("the sender", s[0]);
  state("the receiver", s[1]);
  NEED(recv(s[1], &byte, 1, 0));
  state("the sender, one was taken", s[0]);
  while (recv(s[1], &byte, 1, 0) == 1) {
  }
  state("the sender, all were taken", s[0]);
  CHECK("epoll_wait(EPOLLET|EPOLLOUT)", "room is news");
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLOUT | EPOLLET};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, s[0], &event));
  R(epoll_wait(ep, &event, 1, 0));
  while (send(s[0], &byte, 1, 0) == 1) {
  }
  R(epoll_wait(ep, &event, 1, 0));
  while (recv(s[1], &byte, 1, 0) == 1) {
  }
  R(epoll_wait(ep, &event, 1, 0));
  CHECK("sendto", "waits for room");
  while (send(s[0], &byte, 1, 0) == 1) {
  }
  NEED(fcntl(s[0], F_SETFL, 0));
  pid_t child = CHILD({
    sleep_ms(40);
    while (recv(s[1], &byte, 1, 0) == 1) {
    }
  });
  R(send(s[0], &byte, 1, 0));
  reap("receiver", child);
  CHECK("poll", "an empty datagram can be read");
  while (recv(s[1], &byte, 1, 0) == 1) {
  }
  NEED(send(s[0], &byte, 0, 0));
  state("receiver", s[1]);
  R(recv(s[1], &byte, 1, 0));
  state("receiver, taken", s[1]);
  CHECK("poll", "the peer is closed");
  close(s[1]);
  state("the one left", s[0]);
  R(send(s[0], &byte, 1, 0));
  return 0;
}
