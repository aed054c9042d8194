// tags: network
// Messages to broadcast addresses.
#include "net.h"

int main(void) {
  int from = udp4("127.0.0.1", 7240), any = udp4("0.0.0.0", 7241);
  CHECK("sendto connect", "need SO_BROADCAST");
  R(send4(from, "x", "127.255.255.255", 7241));
  R(connect4(from, "127.255.255.255", 7241));
  R(send4(from, "x", "255.255.255.255", 7241));
  CHECK("setsockopt(SO_BROADCAST) sendto", "to the network of the device");
  OK(set_option(from, SOL_SOCKET, SO_BROADCAST, 1));
  NEED(set_option(any, IPPROTO_IP, IP_PKTINFO, 1));
  R(send4(from, "net", "127.255.255.255", 7241));
  settle();
  say_message("any", any, 0);
  CHECK("setsockopt(SO_BROADCAST) sendto", "to everybody");
  R(send4(from, "all", "255.255.255.255", 7241));
  NEED(set_option(from, SOL_SOCKET, SO_BINDTOIFINDEX, 1));
  R(send4(from, "all", "255.255.255.255", 7241));
  settle();
  say_message("any", any, 0);
  NEED(set_option(from, SOL_SOCKET, SO_BINDTOIFINDEX, 0));
  CHECK("bind recvfrom", "bound to the broadcast address, and to another");
  int b = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  R(bind4(b, "127.255.255.255", 7242));
  int c = udp4("127.0.0.1", 7242), d = udp4("127.0.0.2", 7242);
  R(send4(from, "net", "127.255.255.255", 7242));
  settle();
  say_message("b", b, 0);
  say_message("c", c, 0);
  say_message("d", d, 0);
  CHECK("connect sendto recvfrom", "a connected sender, and a connected receiver");
  OK(connect4(from, "127.255.255.255", 7241));
  R(send(from, "conn", 4, 0));
  settle();
  say_message("any", any, 0);
  OK(connect4(any, "127.0.0.1", 9));
  R(send(from, "conn", 4, 0));
  settle();
  say_message("any", any, 0);
  OK(connect4(any, "127.0.0.1", 7240));
  R(send(from, "conn", 4, 0));
  settle();
  say_message("any", any, 0);
  CHECK("connect", "a stream");
  R(connect4(tcp4(), "127.255.255.255", 7241));
  R(connect4(tcp4(), "255.255.255.255", 7241));
  R(connect4(tcp4(), "224.0.0.1", 7241));
  CHECK("bind listen", "a stream at such an address");
  int l = tcp4();
  R(bind4(l, "127.255.255.255", 7243));
  l = tcp4();
  R(bind4(l, "224.0.0.1", 7243));
  R(listen(l, 1));
  CHECK("sendto", "nobody there");
  R(send4(udp4("127.0.0.1", 7244), "x", "127.0.0.1", 7249));
  OK(connect4(from, "127.255.255.255", 7249));
  R(send(from, "x", 1, 0));
  settle();
  R(so_error(from));
  return 0;
}
