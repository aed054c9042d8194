// epoll on local sockets: level, edge, oneshot, and the end of the other side.
#include "unix.h"

#include <sys/epoll.h>

static int set;
static void show(const char *label) {
  struct epoll_event events[4];
  int n = epoll_wait(set, events, 4, 0);
  if (n <= 0) {
    say("%s: %d", label, n);
    return;
  }
  for (int i = 0; i < n; i++) say("%s: %#x", label, events[i].events);
}
static void watch(int fd, uint32_t events) {
  set = NEED(epoll_create1(0));
  struct epoll_event event = {events, {.fd = fd}};
  NEED(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event));
}
int main(void) {
  int s[2];
  char text[8];
  CHECK("epoll_wait", "level: as long as there is something");
  given_pair(SOCK_STREAM, s);
  watch(s[1], EPOLLIN | EPOLLOUT | EPOLLRDHUP);
  show("new");
  NEED(write(s[0], "abc", 3));
  show("data");
  show("again");
  NEED(read(s[1], text, 8));
  show("read");
  CHECK("epoll_wait(EPOLLET)", "edge: once for each arrival");
  given_pair(SOCK_STREAM, s);
  watch(s[1], EPOLLIN | EPOLLET);
  NEED(write(s[0], "abc", 3));
  show("data");
  show("again");
  NEED(write(s[0], "d", 1));
  show("more");
  NEED(read(s[1], text, 1));
  show("a part was read");
  NEED(read(s[1], text, 8));
  NEED(write(s[0], "e", 1));
  show("after all was read");
  CHECK("epoll_wait(EPOLLONESHOT)", "once till it is armed again");
  given_pair(SOCK_DGRAM, s);
  watch(s[1], EPOLLIN | EPOLLONESHOT);
  NEED(write(s[0], "1", 1));
  show("first");
  NEED(write(s[0], "2", 1));
  show("disarmed");
  struct epoll_event event = {EPOLLIN | EPOLLONESHOT, {.fd = s[1]}};
  NEED(epoll_ctl(set, EPOLL_CTL_MOD, s[1], &event));
  show("armed");
  CHECK("epoll_wait(EPOLLRDHUP)", "half closed, closed");
  given_pair(SOCK_STREAM, s);
  watch(s[1], EPOLLIN | EPOLLRDHUP | EPOLLET);
  NEED(shutdown(s[0], SHUT_WR));
  show("half closed");
  show("again");
  close(s[0]);
  show("closed");
  CHECK("epoll_wait(EPOLLOUT|EPOLLET)", "room, once a reader has made some");
  static char big[300000];
  given_pair(SOCK_STREAM, s);
  NEED(fcntl(s[0], F_SETFL, O_NONBLOCK));
  watch(s[0], EPOLLOUT | EPOLLET);
  show("empty");
  while (write(s[0], big, sizeof big) > 0) {
  }
  show("full");
  while (recv(s[1], big, sizeof big, MSG_DONTWAIT) > 0) {
  }
  show("read");
  CHECK("epoll_wait", "a connection for a server, and taken by another");
  int server = given_listener(SOCK_STREAM, "server", 5);
  watch(server, EPOLLIN);
  show("nobody");
  given_connected(SOCK_STREAM, "server");
  show("somebody");
  NEED(accept(server, NULL, NULL));
  show("accepted");
  CHECK("epoll_wait(EPOLLPRI)", "an urgent byte");
  given_pair(SOCK_STREAM, s);
  watch(s[1], EPOLLPRI);
  NEED(write(s[0], "x", 1));
  show("plain");
  NEED(send(s[0], "x", 1, MSG_OOB));
  show("urgent");
  CHECK("epoll_wait connect", "a socket that connects while it is watched");
  int client = given_socket(SOCK_STREAM);
  watch(client, EPOLLIN | EPOLLOUT);
  show("unconnected");
  NEED(connect_to(client, "server"));
  show("connected");
  return 0;
}
