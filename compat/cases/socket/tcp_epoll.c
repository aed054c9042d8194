// tags: network
// Readiness of TCP sockets as epoll(7) tells it: levels, edges, and waits that others end.
#include "inet.h"

static int ep;

static void add(int fd, unsigned events) {
  struct epoll_event e = {.events = events, .data.fd = fd};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
}
static void ready(const char *label, int timeout) {
  struct epoll_event e[4];
  int n = epoll_wait(ep, e, 4, timeout);
  say("%s: %d ready", label, n);
  for (int i = 0; i < n; i++)
    say("  %s%s%s%s%s", e[i].events & EPOLLIN ? " IN" : "", e[i].events & EPOLLOUT ? " OUT" : "",
        e[i].events & EPOLLRDHUP ? " RDHUP" : "", e[i].events & EPOLLHUP ? " HUP" : "",
        e[i].events & EPOLLERR ? " ERR" : "");
}

int main(void) {
  char data[100];
  CHECK("epoll_wait", "a listener");
  ep = NEED(epoll_create1(0));
  int l = listen4(7800, 5);
  add(l, EPOLLIN);
  ready("nobody", 0);
  int c = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect4(c, "127.0.0.1", 7800));
  ready("one waits", 1000);
  ready("still", 0);
  int s = NEED(accept(l, NULL, NULL));
  ready("accepted", 0);
  close(ep);
  CHECK("epoll_wait(EPOLLET)", "each arrival once");
  ep = NEED(epoll_create1(0));
  add(s, EPOLLIN | EPOLLRDHUP | EPOLLET);
  ready("nothing", 0);
  NEED(send(c, "abc", 3, 0));
  ready("arrival", 1000);
  ready("the same", 0);
  NEED(recv(s, data, 1, 0));
  ready("a part is read", 0);
  NEED(send(c, "d", 1, 0));
  ready("more", 1000);
  NEED(shutdown(c, SHUT_WR));
  ready("end", 1000);
  ready("the same", 0);
  close(ep);
  CHECK("epoll_wait(EPOLLONESHOT)", "armed again");
  struct connection x = connection4(7801);
  ep = NEED(epoll_create1(0));
  add(x.server, EPOLLIN | EPOLLONESHOT);
  NEED(send(x.client, "a", 1, 0));
  ready("first", 1000);
  NEED(send(x.client, "b", 1, 0));
  ready("not armed", 0);
  struct epoll_event e = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = x.server};
  NEED(epoll_ctl(ep, EPOLL_CTL_MOD, x.server, &e));
  ready("armed", 1000);
  close(ep);
  CHECK("epoll_wait connect(O_NONBLOCK)", "a connection comes about, another does not");
  ep = NEED(epoll_create1(0));
  int a = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  R(connect4(a, "127.0.0.1", 7801));
  add(a, EPOLLIN | EPOLLOUT | EPOLLET);
  ready("connected", 1000);
  close(a);
  int b = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  R(connect4(b, "127.0.0.1", 7899));
  add(b, EPOLLIN | EPOLLOUT);
  ready("refused", 1000);
  R(so_error(b));
  close(b);
  CHECK("epoll_wait", "room in a full connection");
  x = connection4(7802);
  static char big[65536];
  NEED(fcntl(x.client, F_SETFL, O_NONBLOCK));
  add(x.client, EPOLLOUT | EPOLLET);
  ready("empty", 1000);
  long filled = 0, n;
  while ((n = send(x.client, big, sizeof big, 0)) > 0) filled += n;
  ready("full", 0);
  pid_t child =
      CHILD(sleep_ms(20); while (filled > 0 && (n = recv(x.server, big, sizeof big, 0)) > 0) filled -= n);
  ready("drained by another", 2000);
  reap("child", child);
  CHECK("epoll_wait", "a reset");
  x = connection4(7803);
  add(x.client, EPOLLIN | EPOLLRDHUP);
  NEED(send(x.client, "abc", 3, 0));
  sleep_ms(20);
  NEED(close(x.server));
  ready("reset", 1000);
  CHECK("ppoll", "a wait that a message ends");
  x = connection4(7804);
  child = CHILD(sleep_ms(20); NEED(send(x.client, "abc", 3, 0)); sleep_ms(20));
  struct pollfd p = {x.server, POLLIN, 0};
  R(poll(&p, 1, 2000));
  say("%#x", p.revents);
  reap("child", child);
  CHECK("pselect6", "sockets among others");
  fd_set in;
  FD_ZERO(&in);
  FD_SET(x.server, &in);
  FD_SET(x.listener, &in);
  struct timeval time = {1, 0};
  R(select(x.server + 1, &in, NULL, NULL, &time));
  T(FD_ISSET(x.server, &in));
  T(!FD_ISSET(x.listener, &in));
  return 0;
}
