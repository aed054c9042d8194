// tags: network
// Connected datagram sockets: names, whom they hear, and how they let go.
#include "net.h"

int main(void) {
  int a = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)), b = udp4("0.0.0.0", 7350),
      c = udp4("127.0.0.1", 7351);
  CHECK("connect getsockname getpeername", "an unbound socket");
  say_names("new", a);
  OK(connect4(a, "127.0.0.1", 7350));
  say_names("connected", a);
  OK(connect4(a, "127.0.0.9", 7350));
  say_names("elsewhere", a);
  CHECK("connect(AF_UNSPEC)", "lets go");
  struct sockaddr none = {AF_UNSPEC, ""};
  R(connect(a, &none, sizeof none));
  say_names("disconnected", a);
  R(send(a, "x", 1, 0));
  R(connect(a, &none, sizeof none));
  R(connect(a, &none, 2));
  R(connect(a, &none, 1));
  CHECK("bind connect(AF_UNSPEC)", "a bound one keeps its name");
  int d = udp4("127.0.0.1", 7352);
  OK(connect4(d, "127.0.0.1", 7350));
  R(connect(d, &none, sizeof none));
  say_names("bound", d);
  d = udp4("0.0.0.0", 7353);
  OK(connect4(d, "127.0.0.1", 7350));
  say_names("connected", d);
  R(connect(d, &none, sizeof none));
  say_names("disconnected", d);
  CHECK("connect recvfrom", "only the peer is heard");
  OK(connect4(b, "127.0.0.1", 7351));
  R(send4(d, "stranger", "127.0.0.1", 7350));
  R(send4(c, "peer", "127.0.0.1", 7350));
  settle();
  say_message("b", b, 0);
  say_message("b", b, 0);
  CHECK("connect recvfrom", "what came before stays");
  int e = udp4("127.0.0.1", 7354);
  R(send4(d, "before", "127.0.0.1", 7354));
  settle();
  OK(connect4(e, "127.0.0.1", 7351));
  say_message("e", e, 0);
  CHECK("connect sendto", "to another than the peer");
  R(send4(e, "direct", "127.0.0.1", 7353));
  settle();
  say_message("d", d, 0);
  CHECK("connect", "addresses that lead nowhere, and port 0");
  R(connect4(e, "192.0.2.1", 1));
  R(connect4(e, "127.0.0.1", 0));
  say_names("port 0", e);
  R(send(e, "x", 1, 0));
  R(connect4(e, "0.0.0.0", 7351));
  say_names("wildcard", e);
  R(send4(e, "x", "127.0.0.1", 0));
  CHECK("bind", "a socket that has a name");
  R(bind4(e, "127.0.0.1", 7355));
  int f = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  OK(connect4(f, "127.0.0.1", 7350));
  R(bind4(f, "127.0.0.1", 7355));
  CHECK("listen accept", "are for streams");
  R(listen(f, 1));
  R(accept(f, NULL, NULL));
  return 0;
}
