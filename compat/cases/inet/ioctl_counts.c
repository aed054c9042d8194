// tags: network
// FIONREAD, SIOCOUTQ and their kin in each state of a socket.
#include "net.h"

static void counts(const char *label, int fd) {
  say("%s: readable %d, unsent %d, not sent %d, at the mark %d", label, count_ioctl(fd, FIONREAD),
      count_ioctl(fd, SIOCOUTQ), count_ioctl(fd, SIOCOUTQNSD), count_ioctl(fd, SIOCATMARK));
}

int main(void) {
  CHECK("ioctl(FIONREAD|SIOCOUTQ|SIOCOUTQNSD|SIOCATMARK)", "streams");
  int fd = tcp4();
  counts("new", fd);
  struct connection c = connection4(7800);
  counts("listener", c.listener);
  counts("connected", c.server);
  NEED(send(c.client, "hello", 5, 0));
  settle();
  counts("sender", c.client);
  counts("receiver", c.server);
  NEED(shutdown(c.client, SHUT_WR));
  settle();
  counts("at the end", c.server);
  char data[10];
  NEED(recv(c.server, data, 5, 0));
  counts("empty", c.server);
  NEED(close(c.client));
  settle();
  counts("alone", c.server);
  CHECK("ioctl(FIONREAD|SIOCOUTQ)", "datagrams");
  int a = udp4("127.0.0.1", 7801), b = udp4("127.0.0.1", 7802);
  counts("empty", b);
  NEED(send4(a, "one", "127.0.0.1", 7802));
  NEED(send4(a, "three", "127.0.0.1", 7802));
  settle();
  counts("two", b);
  NEED(recv(b, data, 10, 0));
  counts("one", b);
  counts("sender", a);
  CHECK("ioctl", "what is not there");
  R(count_ioctl(c.server, 0x8999));
  R(count_ioctl(a, TCGETS));
  R(ioctl(c.server, FIONREAD, (void *)8));
  R(count_ioctl(-1, FIONREAD));
  return 0;
}
