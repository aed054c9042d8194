// tags: network
// TCP_DEFER_ACCEPT: a connection is not there before its first bytes.
#include "net.h"

static int deferring(int port, int seconds) {
  int fd = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  NEED(bind4(fd, "127.0.0.1", port));
  OK(set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, seconds));
  NEED(listen(fd, 5));
  return fd;
}

int main(void) {
  CHECK("setsockopt(TCP_DEFER_ACCEPT) accept poll", "bytes make it there");
  int l = deferring(7790, 30), c = tcp4();
  R(connect4(c, "127.0.0.1", 7790));
  settle();
  say_poll("listener", l);
  R(accept(l, NULL, NULL));
  say("client %s", tcp_state(c));
  R(send(c, "hello", 5, 0));
  settle();
  say_poll("listener", l);
  int s = NEED(accept(l, NULL, NULL));
  say_recv("server", s, 0);
  R(option(s, IPPROTO_TCP, TCP_DEFER_ACCEPT));
  CHECK("getsockopt setsockopt(TCP_DEFER_ACCEPT)", "rounded to retransmissions");
  int tried[] = {0, 1, 2, 3, 4, 7, 8, 60, 100000, -1};
  for (int i = 0; i < 10; i++) {
    int r = set_option(l, IPPROTO_TCP, TCP_DEFER_ACCEPT, tried[i]);
    say("%d: %d, %d", tried[i], r, option(l, IPPROTO_TCP, TCP_DEFER_ACCEPT));
  }
  CHECK("setsockopt(TCP_DEFER_ACCEPT) close", "a client that goes away without a word");
  l = deferring(7791, 30);
  c = tcp4();
  NEED(connect4(c, "127.0.0.1", 7791));
  NEED(close(c));
  settle();
  say_poll("listener", l);
  CHECK("accept", "without the option");
  l = deferring(7792, 0);
  NEED(connect4(tcp4(), "127.0.0.1", 7792));
  settle();
  say_poll("listener", l);
  OK(accept(l, NULL, NULL));
  return 0;
}
