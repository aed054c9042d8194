// tags: network
// The states of a connection, as TCP_INFO names them.
#include "net.h"

static void states(struct connection c) {
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
}

int main(void) {
  CHECK("getsockopt(TCP_INFO)", "before and while connecting");
  int fd = tcp4();
  say("new %s", tcp_state(fd));
  NEED(bind4(fd, "127.0.0.1", 7030));
  say("bound %s", tcp_state(fd));
  NEED(listen(fd, 0));
  say("listening %s", tcp_state(fd));
  NEED(connect4(tcp4(), "127.0.0.1", 7030));
  int late = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  R(connect4(late, "127.0.0.1", 7030));
  say("no room %s", tcp_state(late));
  R(shutdown(late, SHUT_WR));
  say("given up %s", tcp_state(late));
  CHECK("getsockopt(TCP_INFO) shutdown(SHUT_WR)", "one end and then the other");
  struct connection c = connection4(7031);
  states(c);
  NEED(shutdown(c.client, SHUT_WR));
  states(c);
  NEED(shutdown(c.server, SHUT_WR));
  states(c);
  say_poll("client", c.client);
  say_poll("server", c.server);
  say_names("client", c.client);
  say_names("server", c.server);
  CHECK("getsockopt(TCP_INFO) close", "the other end is gone");
  c = connection4(7032);
  NEED(close(c.client));
  settle();
  say("server %s", tcp_state(c.server));
  NEED(shutdown(c.server, SHUT_WR));
  say("server %s", tcp_state(c.server));
  CHECK("getsockopt(TCP_INFO)", "reset");
  c = connection4(7033);
  NEED(send(c.client, "x", 1, 0));
  settle();
  NEED(close(c.server));
  settle();
  say("client %s", tcp_state(c.client));
  R(so_error(c.client));
  CHECK("getsockopt(TCP_INFO) shutdown", "a listener");
  NEED(shutdown(c.listener, SHUT_RD));
  say("listener %s", tcp_state(c.listener));
  NEED(listen(c.listener, 5));
  say("listener %s", tcp_state(c.listener));
  CHECK("getsockopt(TCP_INFO) connect", "refused, and disconnected");
  fd = tcp4();
  R(connect4(fd, "127.0.0.1", 7039));
  say("refused %s", tcp_state(fd));
  NEED(connect4(fd, "127.0.0.1", 7033));
  say("connected %s", tcp_state(fd));
  struct sockaddr none = {AF_UNSPEC, ""};
  R(connect(fd, &none, sizeof none));
  say("disconnected %s", tcp_state(fd));
  CHECK("getsockopt(TCP_INFO)", "lengths and other sockets");
  struct tcp_info info;
  socklen_t length = 1;
  R(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length));
  say("%d", (int)length);
  length = 20;
  R(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length));
  say("%d", (int)length);
  R(setsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, sizeof info));
  fd = udp4("127.0.0.1", 7030);
  R(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length));
  return 0;
}
