// tags: network
// The same four numbers are not used for a new connection at once.
#include "net.h"

static int client_at(int port) {
  int fd = tcp4();
  NEED(set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1));
  NEED(bind4(fd, "127.0.0.1", port));
  return fd;
}

int main(void) {
  char data[10];
  CHECK("connect", "again from the same port, after the client closed first");
  int l = tcp4(), other = listen4(7021, 5);
  NEED(bind4(l, "0.0.0.0", 7020));
  NEED(listen(l, 5));
  int c = client_at(7022);
  OK(connect4(c, "127.0.0.1", 7020));
  int s = NEED(accept(l, NULL, NULL));
  NEED(close(c));
  settle();
  NEED(close(s));
  settle();
  c = client_at(7022);
  OK(connect4(c, "127.0.0.1", 7020));
  s = NEED(accept(l, NULL, NULL));
  R(send(c, "again", 5, 0));
  R(recv(s, data, 10, 0));
  CHECK("connect", "elsewhere from the same port");
  int d = client_at(7022);
  OK(connect4(d, "127.0.0.1", 7021));
  NEED(close(d));
  NEED(accept(other, NULL, NULL));
  CHECK("connect", "from a port whose connection the server closed first");
  NEED(close(s));
  settle();
  NEED(close(c));
  settle();
  c = client_at(7022);
  OK(connect4(c, "127.0.0.1", 7020));
  s = NEED(accept(l, NULL, NULL));
  R(send(c, "again", 5, 0));
  R(recv(s, data, 10, 0));
  CHECK("connect", "twice with the same numbers, both alive");
  d = client_at(7022);
  R(connect4(d, "127.0.0.1", 7020));
  OK(connect4(d, "127.0.0.2", 7020));
  return 0;
}
