// tags: network
// After a connection its port stays taken for a while, at the end that closed first.
#include "net.h"

static int try_bind(int port, int reuse) {
  int fd = tcp4();
  if (reuse) NEED(set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1));
  int result = bind4(fd, "127.0.0.1", port);
  int error = errno;
  close(fd);
  errno = error;
  return result;
}
static void finish(int first, int second) {
  NEED(close(first));
  sleep_ms(25);
  NEED(close(second));
  sleep_ms(25);
}

int main(void) {
  CHECK("close bind", "the server closed first");
  struct connection c = connection4(7010);
  finish(c.server, c.client);
  R(try_bind(7010, 0));
  R(try_bind(7010, 1));
  NEED(close(c.listener));
  sleep_ms(25);
  R(try_bind(7010, 0));
  R(try_bind(7010, 1));
  CHECK("close setsockopt(SO_REUSEADDR) bind", "both sockets allow it");
  int l = tcp4();
  NEED(set_option(l, SOL_SOCKET, SO_REUSEADDR, 1));
  NEED(bind4(l, "127.0.0.1", 7011));
  NEED(listen(l, 5));
  int client = tcp4();
  NEED(connect4(client, "127.0.0.1", 7011));
  finish(NEED(accept(l, NULL, NULL)), client);
  NEED(close(l));
  sleep_ms(25);
  R(try_bind(7011, 0));
  R(try_bind(7011, 1));
  l = tcp4();
  NEED(set_option(l, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(l, "0.0.0.0", 7011));
  R(listen(l, 5));
  client = tcp4();
  R(connect4(client, "127.0.0.1", 7011));
  CHECK("close bind", "the client closed first");
  c = connection4(7012);
  finish(c.client, c.server);
  NEED(close(c.listener));
  sleep_ms(25);
  R(try_bind(7012, 0));
  CHECK("close bind", "a client with a port of its own");
  l = listen4(7013, 5);
  client = tcp4();
  NEED(bind4(client, "127.0.0.1", 7014));
  NEED(connect4(client, "127.0.0.1", 7013));
  finish(client, NEED(accept(l, NULL, NULL)));
  R(try_bind(7014, 0));
  R(try_bind(7014, 1));
  CHECK("close bind", "only one end has closed");
  c = connection4(7015);
  NEED(close(c.server));
  NEED(close(c.listener));
  sleep_ms(25);
  R(try_bind(7015, 0));
  NEED(close(c.client));
  sleep_ms(25);
  R(try_bind(7015, 0));
  CHECK("shutdown bind", "closed in both directions, but still open");
  c = connection4(7016);
  NEED(shutdown(c.server, SHUT_WR));
  NEED(shutdown(c.client, SHUT_WR));
  NEED(close(c.listener));
  sleep_ms(25);
  say("%s %s", tcp_state(c.server), tcp_state(c.client));
  R(try_bind(7016, 0));
  CHECK("setsockopt(SO_LINGER) close bind", "a reset leaves nothing");
  c = connection4(7017);
  struct linger now = {1, 0};
  NEED(setsockopt(c.server, SOL_SOCKET, SO_LINGER, &now, sizeof now));
  finish(c.server, c.client);
  NEED(close(c.listener));
  sleep_ms(25);
  R(try_bind(7017, 0));
  CHECK("setsockopt(TCP_LINGER2) close bind", "no time for the other end");
  c = connection4(7018);
  OK(set_option(c.server, IPPROTO_TCP, TCP_LINGER2, -1));
  NEED(close(c.server));
  NEED(close(c.listener));
  sleep_ms(25);
  R(so_error(c.client));
  R(try_bind(7018, 0));
  return 0;
}
