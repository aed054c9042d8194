// tags: network
// connect with AF_UNSPEC ends a connection, and the socket may be used again.
#include "net.h"

static const struct sockaddr none = {AF_UNSPEC, ""};

int main(void) {
  struct connection c = connection4(7430);
  CHECK("connect(AF_UNSPEC)", "the peer sees a reset");
  R(send(c.client, "abc", 3, 0));
  settle();
  R(connect(c.client, &none, sizeof none));
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  R(so_error(c.server));
  say_names("client", c.client);
  say_poll("client", c.client);
  CHECK("connect", "again with the same socket");
  R(connect4(c.client, "127.0.0.1", 7430));
  int s = NEED(accept(c.listener, NULL, NULL));
  R(send(c.client, "again", 5, 0));
  settle();
  say_recv("server", s, 0);
  CHECK("connect(AF_UNSPEC)", "a bound socket keeps its port");
  int b = tcp4();
  NEED(bind4(b, "127.0.0.1", 7431));
  R(connect4(b, "127.0.0.1", 7430));
  R(connect(b, &none, sizeof none));
  say_names("bound", b);
  R(bind4(b, "127.0.0.1", 7432));
  CHECK("connect(AF_UNSPEC)", "of an accepted connection, and of a new socket");
  s = NEED(accept(c.listener, NULL, NULL));
  R(connect(s, &none, sizeof none));
  say_names("accepted", s);
  int n = tcp4();
  R(connect(n, &none, sizeof none));
  R(connect(n, &none, 1));
  R(connect(n, &none, 2));
  CHECK("connect(AF_UNSPEC) listen", "a listener stops");
  R(connect(c.listener, &none, sizeof none));
  say("%s", tcp_state(c.listener));
  R(connect4(tcp4(), "127.0.0.1", 7430));
  R(listen(c.listener, 5));
  R(connect4(tcp4(), "127.0.0.1", 7430));
  CHECK("connect listen", "a connected socket cannot listen, a listener cannot connect");
  R(listen(c.client, 5));
  R(connect4(c.listener, "127.0.0.1", 7430));
  R(connect4(c.client, "127.0.0.1", 7430));
  return 0;
}
