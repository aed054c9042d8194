// tags: network
// SO_RCVLOWAT: how many bytes make a stream readable.
#include "net.h"

int main(void) {
  char data[100];
  struct connection c = connection4(7140);
  CHECK("setsockopt(SO_RCVLOWAT) poll", "readable from so many bytes on");
  R(option(c.server, SOL_SOCKET, SO_RCVLOWAT));
  OK(set_option(c.server, SOL_SOCKET, SO_RCVLOWAT, 5));
  R(send(c.client, "abcd", 4, 0));
  settle();
  say_poll("four", c.server);
  R(count_ioctl(c.server, FIONREAD));
  R(send(c.client, "e", 1, 0));
  settle();
  say_poll("five", c.server);
  CHECK("setsockopt(SO_RCVLOWAT) recvfrom", "waits for so many");
  R(recv(c.server, data, 100, 0));
  R(send(c.client, "abc", 3, 0));
  settle();
  R(recv(c.server, data, 100, MSG_DONTWAIT));
  R(recv(c.server, data, 100, MSG_DONTWAIT));
  pid_t child = CHILD({
    sleep_ms(20);
    NEED(send(c.client, "ab", 2, 0));
    sleep_ms(20);
    NEED(send(c.client, "cde", 3, 0));
  });
  R(recv(c.server, data, 100, 0));
  reap("child", child);
  CHECK("setsockopt(SO_RCVLOWAT) recvfrom", "the end of the stream is enough");
  R(send(c.client, "xy", 2, 0));
  NEED(shutdown(c.client, SHUT_WR));
  settle();
  say_poll("end", c.server);
  R(recv(c.server, data, 100, 0));
  R(recv(c.server, data, 100, 0));
  CHECK("getsockopt setsockopt(SO_RCVLOWAT)", "values");
  OK(set_option(c.server, SOL_SOCKET, SO_RCVLOWAT, 0));
  R(option(c.server, SOL_SOCKET, SO_RCVLOWAT));
  int u = udp4("127.0.0.1", 7141);
  OK(set_option(u, SOL_SOCKET, SO_RCVLOWAT, 10));
  R(option(u, SOL_SOCKET, SO_RCVLOWAT));
  R(send4(u, "abc", "127.0.0.1", 7141));
  say_poll("datagram", u);
  R(option(u, SOL_SOCKET, SO_SNDLOWAT));
  R(set_option(u, SOL_SOCKET, SO_SNDLOWAT, 5));
  return 0;
}
