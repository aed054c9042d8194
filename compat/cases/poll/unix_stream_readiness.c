// covers: poll epoll_wait
// Stream sockets in every state: what poll(2) says, and what is news for an edge.
#include "case.h"

#include <sys/epoll.h>
static void state(const char *label, int fd) {
  struct pollfd f = {fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
  int n = poll(&f, 1, 0);
  say("%s: %d %#x", label, n, f.revents);
}
static int ep;
static void news(const char *label) {
  struct epoll_event event = {0};
  int n = epoll_wait(ep, &event, 1, 0);
  say("%s: %d %#x", label, n, n > 0 ? event.events : 0);
}

int main(void) {
  static char data[400000];
  int s[2];
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  CHECK("poll", "data, and no room");
  state("quiet", s[0]);
  NEED(write(s[1], "abc", 3));
  state("data", s[0]);
  NEED(read(s[0], data, 3));
  while (write(s[1], data, 4096) > 0) {
  }
  state("no room", s[1]);
  state("much data", s[0]);
  while (read(s[0], data, sizeof data) > 0) {
  }
  state("room again", s[1]);
  CHECK("poll", "shut down in parts");
  NEED(shutdown(s[1], SHUT_WR));
  state("the peer will write no more", s[0]);
  state("the one that shut down", s[1]);
  NEED(shutdown(s[0], SHUT_WR));
  state("nor will this one", s[0]);
  state("the peer", s[1]);
  CHECK("poll", "the peer closed, with data left");
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  NEED(write(s[1], "left", 4));
  close(s[1]);
  state("data left", s[0]);
  NEED(read(s[0], data, 4));
  state("nothing left", s[0]);
  CHECK("poll", "the peer closed without reading");
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  NEED(write(s[0], "unread", 6));
  close(s[1]);
  state("unread", s[0]);
  R(read(s[0], data, 4));
  state("after the error", s[0]);
  CHECK("epoll_wait(EPOLLET)", "what is news");
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, s[0], &event));
  news("at first");
  news("again");
  NEED(write(s[1], "a", 1));
  news("data");
  NEED(write(s[1], "b", 1));
  news("more data");
  NEED(read(s[0], data, 1));
  news("part read");
  NEED(shutdown(s[1], SHUT_WR));
  news("the peer will write no more");
  close(s[1]);
  news("closed");
  news("again");
  CHECK("poll", "a listening socket");
  int listener = NEED(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)),
      client = NEED(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "sock"};
  state("unconnected", client);
  NEED(bind(listener, (struct sockaddr *)&name, sizeof name));
  state("bound", listener);
  NEED(listen(listener, 2));
  state("listening", listener);
  NEED(connect(client, (struct sockaddr *)&name, sizeof name));
  state("somebody connected", listener);
  state("connected", client);
  int server = NEED(accept(listener, NULL, NULL));
  state("accepted", listener);
  close(server);
  state("server closed", client);
  return 0;
}
