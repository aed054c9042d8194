// tags: network
// Resets: what has arrived before can still be read, or not.
#include "net.h"

static void reset(int fd) {
  struct linger now = {1, 0};
  NEED(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now));
  NEED(close(fd));
  settle();
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  char data[10];
  CHECK("setsockopt(SO_LINGER) close recvfrom", "bytes before the reset");
  struct connection c = connection4(7840);
  NEED(send(c.client, "hello", 5, 0));
  settle();
  reset(c.client);
  say_poll("server", c.server);
  say_recv("server", c.server, 0);
  say_recv("server", c.server, 0);
  say_recv("server", c.server, 0);
  say_poll("server", c.server);
  CHECK("setsockopt(SO_LINGER) close", "the error is told once");
  c = connection4(7841);
  reset(c.client);
  R(so_error(c.server));
  R(recv(c.server, data, 10, 0));
  R(send(c.server, "x", 1, 0));
  c = connection4(7842);
  reset(c.client);
  R(send(c.server, "x", 1, 0));
  R(send(c.server, "x", 1, 0));
  R(recv(c.server, data, 10, 0));
  CHECK("close", "unread bytes, after the peer's end");
  c = connection4(7843);
  NEED(send(c.client, "hello", 5, 0));
  NEED(shutdown(c.client, SHUT_WR));
  settle();
  NEED(close(c.server));
  settle();
  say_poll("client", c.client);
  R(so_error(c.client));
  CHECK("accept", "a connection that was reset before");
  int l = listen4(7844, 5), d = tcp4();
  NEED(connect4(d, "127.0.0.1", 7844));
  NEED(send(d, "bye", 3, 0));
  settle();
  reset(d);
  say_poll("listener", l);
  int s = NEED(accept(l, NULL, NULL));
  say_names("accepted", s);
  say_recv("accepted", s, 0);
  say_recv("accepted", s, 0);
  CHECK("shutdown close", "of a connection that was reset");
  c = connection4(7845);
  reset(c.client);
  R(shutdown(c.server, SHUT_WR));
  R(getpeername(c.server, (void *)data, &(socklen_t){10}));
  R(close(c.server));
  CHECK("setsockopt(SO_LINGER) shutdown", "linger is about close only");
  c = connection4(7846);
  struct linger now = {1, 0};
  NEED(setsockopt(c.client, SOL_SOCKET, SO_LINGER, &now, sizeof now));
  R(shutdown(c.client, SHUT_RDWR));
  settle();
  say_recv("server", c.server, 0);
  R(so_error(c.server));
  return 0;
}
