// tags: network
// A socket that is connected to itself.
#include "net.h"

int main(void) {
  int fd = tcp4();
  NEED(bind4(fd, "127.0.0.1", 7420));
  CHECK("connect", "to its own name");
  R(connect4(fd, "127.0.0.1", 7420));
  say("%s", tcp_state(fd));
  say_names("self", fd);
  CHECK("sendto recvfrom", "bytes come back");
  R(send(fd, "hello", 5, 0));
  settle();
  say_poll("self", fd);
  say_recv("self", fd, 0);
  CHECK("shutdown(SHUT_WR)", "both ends at once");
  R(send(fd, "last", 4, 0));
  R(shutdown(fd, SHUT_WR));
  settle();
  say("%s", tcp_state(fd));
  say_poll("self", fd);
  say_recv("self", fd, 0);
  say_recv("self", fd, 0);
  R(close(fd));
  settle();
  fd = tcp4();
  R(bind4(fd, "127.0.0.1", 7420));
  CHECK("close", "with bytes that nobody has read");
  fd = tcp4();
  NEED(bind4(fd, "127.0.0.1", 7421));
  NEED(connect4(fd, "127.0.0.1", 7421));
  NEED(send(fd, "x", 1, 0));
  settle();
  R(close(fd));
  fd = tcp4();
  R(bind4(fd, "127.0.0.1", 7421));
  return 0;
}
