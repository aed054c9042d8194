// tags: network
// Half closed connections: what can still be read, written and waited for.
#include "net.h"

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  char byte;
  CHECK("shutdown(SHUT_RD)", "of an end that the peer goes on writing to");
  struct connection c = connection4(7060);
  R(shutdown(c.server, SHUT_RD));
  R(send(c.client, "abc", 3, 0));
  settle();
  say_poll("server", c.server);
  say_recv("server", c.server, 0);
  say_recv("server", c.server, 0);
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  CHECK("shutdown(SHUT_RD)", "and then closed for writing");
  R(shutdown(c.server, SHUT_WR));
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  say_poll("client", c.client);
  R(send(c.client, "def", 3, 0));
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  R(so_error(c.client));
  R(so_error(c.server));
  say_poll("client", c.client);
  say_poll("server", c.server);
  CHECK("shutdown(SHUT_RDWR)", "bytes arrive afterwards");
  c = connection4(7061);
  R(shutdown(c.server, SHUT_RDWR));
  settle();
  say_poll("client", c.client);
  R(send(c.client, "abc", 3, 0));
  settle();
  say_poll("client", c.client);
  R(send(c.client, "abc", 3, 0));
  R(so_error(c.client));
  R(recv(c.server, &byte, 1, 0));
  CHECK("shutdown", "twice, and the other half");
  c = connection4(7062);
  R(shutdown(c.client, SHUT_WR));
  R(shutdown(c.client, SHUT_WR));
  R(shutdown(c.client, SHUT_RD));
  R(shutdown(c.client, SHUT_RD));
  settle();
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  R(send(c.server, "x", 1, 0));
  settle();
  R(so_error(c.server));
  say("client %s, server %s", tcp_state(c.client), tcp_state(c.server));
  R(shutdown(c.client, SHUT_RDWR));
  R(shutdown(c.server, SHUT_RDWR));
  CHECK("shutdown", "of what is not connected, and nonsense");
  int fd = tcp4();
  R(shutdown(fd, SHUT_RD));
  R(shutdown(fd, SHUT_WR));
  R(shutdown(fd, 3));
  R(shutdown(fd, -1));
  say_poll("closed", fd);
  NEED(bind4(fd, "127.0.0.1", 7063));
  R(shutdown(fd, SHUT_RDWR));
  NEED(listen(fd, 1));
  R(shutdown(fd, SHUT_WR));
  say("%s", tcp_state(fd));
  CHECK("shutdown(SHUT_WR)", "a waiting sender");
  c = connection4(7064);
  NEED(set_option(c.client, SOL_SOCKET, SO_SNDBUF, 5000));
  static char block[65536];
  // Full is full only once everything that arrived is acknowledged, which takes 40 ms at most.
  for (long sent = 1; sent > 0;) {
    sent = 0;
    for (long n; (n = send(c.client, block, sizeof block, MSG_DONTWAIT)) > 0;) sent += n;
    sleep_ms(50);
  }
  struct gate ready = new_gate();
  pid_t child = CHILD({
    tell(ready);
    R(send(c.client, "x", 1, 0));
  });
  await(ready);
  sleep_ms(30);
  NEED(shutdown(c.client, SHUT_WR));
  reap("child", child);
  return 0;
}
