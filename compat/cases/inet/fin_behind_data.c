// tags: network
// An end that is announced behind bytes for which there is no room yet.
#include "net.h"

static char block[65536];

static long fill(int fd) {
  long total = 0;
  ssize_t got;
  while ((got = send(fd, block, sizeof block, MSG_DONTWAIT)) > 0) total += got;
  return total;
}
static long drain(int fd, int how) {
  long total = 0;
  ssize_t got;
  while ((got = recv(fd, block, sizeof block, how)) > 0) total += got;
  return got == 0 ? total : -1;
}
static struct connection small(int port) {
  struct connection c;
  c.listener = tcp4();
  NEED(set_option(c.listener, SOL_SOCKET, SO_RCVBUF, 10000));
  NEED(bind4(c.listener, "127.0.0.1", port));
  NEED(listen(c.listener, 5));
  c.client = tcp4();
  NEED(connect4(c.client, "127.0.0.1", port));
  c.server = NEED(accept(c.listener, NULL, NULL));
  return c;
}

int main(void) {
  CHECK("shutdown(SHUT_WR)", "waits behind the bytes");
  struct connection c = small(7040);
  long sent = fill(c.client);
  NEED(shutdown(c.client, SHUT_WR));
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  say_poll("server", c.server);
  T(drain(c.server, 0) == sent);
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  say_poll("server", c.server);
  CHECK("close", "goes on in the background");
  c = small(7041);
  sent = fill(c.client);
  T(count_ioctl(c.client, TIOCOUTQ) > 0);
  T(count_ioctl(c.client, SIOCOUTQNSD) > 0);
  R(close(c.client));
  settle();
  say("server %s", tcp_state(c.server));
  T(drain(c.server, 0) == sent);
  settle();
  say("server %s", tcp_state(c.server));
  CHECK("close shutdown(SHUT_WR)", "both ends wait");
  c = small(7042);
  fill(c.client);
  sent = fill(c.server);
  NEED(shutdown(c.client, SHUT_WR));
  NEED(shutdown(c.server, SHUT_WR));
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  T(drain(c.client, 0) == sent);
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  drain(c.server, 0);
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  return 0;
}
