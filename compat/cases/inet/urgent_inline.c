// tags: network
// SO_OOBINLINE leaves urgent bytes in the stream.
#include "net.h"

int main(void) {
  struct connection c = connection4(7002);
  CHECK("setsockopt(SO_OOBINLINE) recvfrom", "the byte stays where it is");
  OK(set_option(c.server, SOL_SOCKET, SO_OOBINLINE, 1));
  R(send(c.client, "ab", 2, 0));
  R(send(c.client, "X", 1, MSG_OOB));
  R(send(c.client, "cd", 2, 0));
  settle();
  say_poll("server", c.server);
  R(count_ioctl(c.server, FIONREAD));
  say_recv("urgent", c.server, MSG_OOB);
  R(count_ioctl(c.server, SIOCATMARK));
  say_recv("to the mark", c.server, 0);
  R(count_ioctl(c.server, SIOCATMARK));
  R(count_ioctl(c.server, FIONREAD));
  say_recv("from the mark", c.server, 0);
  R(count_ioctl(c.server, SIOCATMARK));
  say_poll("server", c.server);
  CHECK("setsockopt(SO_OOBINLINE)", "turned on with an urgent byte there");
  OK(set_option(c.server, SOL_SOCKET, SO_OOBINLINE, 0));
  R(send(c.client, "12", 2, MSG_OOB));
  settle();
  OK(set_option(c.server, SOL_SOCKET, SO_OOBINLINE, 1));
  say_recv("urgent", c.server, MSG_OOB);
  say_recv("stream", c.server, 0);
  say_recv("stream", c.server, 0);
  CHECK("setsockopt(SO_OOBINLINE)", "turned off again after the byte was read out of band");
  OK(set_option(c.server, SOL_SOCKET, SO_OOBINLINE, 0));
  R(send(c.client, "34", 2, MSG_OOB));
  settle();
  say_recv("urgent", c.server, MSG_OOB);
  OK(set_option(c.server, SOL_SOCKET, SO_OOBINLINE, 1));
  say_recv("stream", c.server, 0);
  say_recv("stream", c.server, 0);
  CHECK("accept setsockopt(SO_OOBINLINE)", "is inherited from the listener");
  OK(set_option(c.listener, SOL_SOCKET, SO_OOBINLINE, 1));
  int client = tcp4();
  NEED(connect4(client, "127.0.0.1", 7002));
  int server = NEED(accept(c.listener, NULL, NULL));
  R(option(server, SOL_SOCKET, SO_OOBINLINE));
  return 0;
}
