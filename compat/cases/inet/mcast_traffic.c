// tags: network
// Messages to groups of IPv4 on the loopback device.
#include "net.h"

static void join(int fd, int name, const char *ip) {
  struct ip_mreqn m = {.imr_ifindex = 1};
  inet_pton(AF_INET, ip, &m.imr_multiaddr);
  NEED(setsockopt(fd, IPPROTO_IP, name, &m, sizeof m));
}
static int receiver(const char *ip, int port) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  NEED(set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1));
  NEED(bind4(fd, ip, port));
  return fd;
}

int main(void) {
  int from = udp4("0.0.0.0", 7210), a = receiver("0.0.0.0", 7211), b = receiver("0.0.0.0", 7211),
      c = receiver("239.1.1.1", 7211), d = receiver("127.0.0.1", 7211);
  CHECK("sendto", "no interface was chosen");
  R(send4(from, "lost", "239.1.1.1", 7211));
  CHECK("setsockopt(IP_MULTICAST_IF) sendto", "nobody has joined");
  struct in_addr lo = {htonl(INADDR_LOOPBACK)};
  R(setsockopt(from, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo));
  R(send4(from, "nobody", "239.1.1.1", 7211));
  settle();
  say_message("a", a, 0);
  CHECK("setsockopt(IP_ADD_MEMBERSHIP) recvfrom", "a member, and others of the same port");
  join(a, IP_ADD_MEMBERSHIP, "239.1.1.1");
  R(send4(from, "one", "239.1.1.1", 7211));
  settle();
  say_message("member", a, 0);
  say_message("no member", b, 0);
  say_message("bound to the group", c, 0);
  say_message("bound to an address", d, 0);
  CHECK("setsockopt(IP_MULTICAST_ALL) recvfrom", "only what was joined");
  R(set_option(b, IPPROTO_IP, IP_MULTICAST_ALL, 0));
  R(send4(from, "two", "239.1.1.1", 7211));
  settle();
  say_message("member", a, 0);
  say_message("no member", b, 0);
  join(b, IP_ADD_MEMBERSHIP, "239.1.1.2");
  R(send4(from, "three", "239.1.1.2", 7211));
  settle();
  say_message("a", a, 0);
  say_message("b", b, 0);
  say_message("c", c, 0);
  while (recv(c, &lo, 4, 0) > 0) continue;
  CHECK("setsockopt(IP_MULTICAST_LOOP) sendto", "does not matter on this device");
  R(option(from, IPPROTO_IP, IP_MULTICAST_LOOP));
  R(set_option(from, IPPROTO_IP, IP_MULTICAST_LOOP, 0));
  R(send4(from, "loop", "239.1.1.1", 7211));
  settle();
  say_message("member", a, 0);
  CHECK("setsockopt(IP_MULTICAST_TTL) recvmsg", "seen by the receiver");
  R(option(from, IPPROTO_IP, IP_MULTICAST_TTL));
  R(set_option(a, IPPROTO_IP, IP_RECVTTL, 1));
  R(send4(from, "t", "239.1.1.1", 7211));
  settle();
  say_message("member", a, 0);
  R(set_option(from, IPPROTO_IP, IP_MULTICAST_TTL, 7));
  R(send4(from, "t", "239.1.1.1", 7211));
  settle();
  say_message("member", a, 0);
  R(set_option(from, IPPROTO_IP, IP_MULTICAST_TTL, 0));
  R(send4(from, "t", "239.1.1.1", 7211));
  settle();
  say_message("member", a, 0);
  CHECK("recvmsg(IP_PKTINFO)", "of a group");
  R(set_option(a, IPPROTO_IP, IP_PKTINFO, 1));
  R(send4(from, "p", "239.1.1.1", 7211));
  settle();
  say_message("member", a, 0);
  CHECK("setsockopt(IP_DROP_MEMBERSHIP) close", "the last member leaves");
  join(a, IP_DROP_MEMBERSHIP, "239.1.1.1");
  while (recv(c, &lo, 4, 0) > 0) continue;
  R(send4(from, "gone", "239.1.1.1", 7211));
  settle();
  say_message("c", c, 0);
  CHECK("connect sendto", "a group as the peer");
  int out = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  NEED(setsockopt(out, IPPROTO_IP, IP_MULTICAST_IF, &(struct in_addr){htonl(INADDR_LOOPBACK)}, 4));
  R(connect4(out, "239.1.1.2", 7211));
  say_names("out", out);
  R(send(out, "conn", 4, 0));
  settle();
  say_message("b", b, 0);
  CHECK("sendto", "all hosts of the device");
  R(send4(from, "all", "224.0.0.1", 7211));
  settle();
  say_message("a", a, 0);
  say_message("a", a, 0);
  say_message("b", b, 0);
  CHECK("setsockopt(IP_MULTICAST_IF) sendto", "an interface without an address");
  struct ip_mreqn m = {.imr_ifindex = 1};
  NEED(setsockopt(from, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof m));
  R(send4(from, "index", "239.1.1.2", 7211));
  settle();
  say_message("b", b, 0);
  CHECK("sendto", "a sender with an address needs no interface");
  R(send4(udp4("127.0.0.1", 7212), "addr", "239.1.1.2", 7211));
  settle();
  say_message("b", b, 0);
  return 0;
}
