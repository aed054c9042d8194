// tags: network
// IPv6 on the loopback device, and IPv4 seen through it.
#include "inet.h"

int main(void) {
  char data[100];
  struct sockaddr_storage from;
  socklen_t length;
  CHECK("connect accept", "TCP over IPv6");
  int l = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  say_names("new", l);
  OK(bind6(l, "::1", 7300));
  OK(listen(l, 5));
  int c = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  OK(connect6(c, "::1", 7300));
  length = sizeof from;
  int s = NEED(accept(l, (void *)&from, &length));
  say("from %s, length %d", address_text(&from), (int)length);
  say_names("client", c);
  say_names("server", s);
  R(send(c, "six", 3, 0));
  R(recv(s, data, 100, 0));
  CHECK("accept", "an IPv4 client of an IPv6 server");
  int d = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  OK(bind6(d, "::", 7301));
  OK(listen(d, 5));
  int c4 = NEED(socket(AF_INET, SOCK_STREAM, 0));
  OK(connect4(c4, "127.0.0.1", 7301));
  length = sizeof from;
  s = NEED(accept(d, (void *)&from, &length));
  say("from %s", address_text(&from));
  say_names("client", c4);
  say_names("server", s);
  CHECK("setsockopt(IPV6_V6ONLY)", "IPv4 is refused");
  int o = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  T(option(o, IPPROTO_IPV6, IPV6_V6ONLY) == 0);
  OK(set_option(o, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  OK(bind6(o, "::", 7302));
  OK(listen(o, 5));
  c4 = NEED(socket(AF_INET, SOCK_STREAM, 0));
  R(connect4(c4, "127.0.0.1", 7302));
  c = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  R(connect6(c, "::1", 7302));
  CHECK("connect", "an IPv6 socket to an IPv4 address");
  int l4 = listen4(7303, 5);
  c = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  OK(connect6(c, "::ffff:127.0.0.1", 7303));
  s = NEED(accept(l4, NULL, NULL));
  say_names("client", c);
  say_names("server", s);
  o = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  OK(set_option(o, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  R(connect6(o, "::ffff:127.0.0.1", 7303));
  CHECK("connect", "IPv6 addresses that lead nowhere");
  c = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  R(connect6(c, "2001:db8::1", 80));
  R(connect6(c, "fe80::1", 80));
  R(connect6(c, "::1", 7399));
  R(connect6(c, "::ffff:192.0.2.1", 80));
  struct sockaddr_in four = at4("127.0.0.1", 7303);
  R(connect(c, (void *)&four, sizeof four));
  CHECK("connect", "the IPv6 wildcard address means this machine");
  c = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  OK(connect6(c, "::", 7300));
  say_names("client", c);
  CHECK("sendto recvfrom", "UDP over IPv6");
  int a = NEED(socket(AF_INET6, SOCK_DGRAM, 0)), b = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  OK(bind6(a, "::", 7310));
  struct sockaddr_in6 six = at6("::1", 7310);
  R(sendto(b, "hello", 5, 0, (void *)&six, sizeof six));
  length = sizeof from;
  R(recvfrom(a, data, 100, 0, (void *)&from, &length));
  say("from %s, length %d", address_text(&from), (int)length);
  CHECK("sendto recvfrom", "UDP from IPv4 to IPv6");
  int u4 = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  R(send4(u4, "hello", "127.0.0.1", 7310));
  length = sizeof from;
  R(recvfrom(a, data, 100, 0, (void *)&from, &length));
  say("from %s, length %d", address_text(&from), (int)length);
  six = at6("::ffff:127.0.0.1", 7310);
  R(sendto(b, "mapped", 6, 0, (void *)&six, sizeof six));
  length = sizeof from;
  R(recvfrom(a, data, 100, 0, (void *)&from, &length));
  say("from %s", address_text(&from));
  CHECK("recvmsg(IPV6_PKTINFO)", "where a message was sent to");
  OK(set_option(a, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
  OK(set_option(a, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1));
  OK(set_option(a, IPPROTO_IPV6, IPV6_RECVTCLASS, 1));
  six = at6("::1", 7310);
  R(sendto(b, "where", 5, 0, (void *)&six, sizeof six));
  char control[200], text[64];
  struct iovec part = {data, 100};
  struct msghdr m = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  R(recvmsg(a, &m, 0));
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
    say("level %d type %d length %d", h->cmsg_level, h->cmsg_type, (int)h->cmsg_len);
    if (h->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo *info = (void *)CMSG_DATA(h);
      say("interface %d, to %s", info->ipi6_ifindex,
          inet_ntop(AF_INET6, &info->ipi6_addr, text, sizeof text));
    } else
      say("%d", *(int *)CMSG_DATA(h));
  }
  CHECK("getsockopt setsockopt", "options of level IPv6");
  R(option(a, IPPROTO_IPV6, IPV6_UNICAST_HOPS));
  R(set_option(a, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 7));
  R(option(a, IPPROTO_IPV6, IPV6_UNICAST_HOPS));
  R(set_option(a, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1));
  R(option(a, IPPROTO_IPV6, IPV6_UNICAST_HOPS));
  R(set_option(a, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 256));
  R(option(a, IPPROTO_IPV6, IPV6_TCLASS));
  R(option(a, IPPROTO_IPV6, IPV6_MULTICAST_HOPS));
  R(option(u4, IPPROTO_IPV6, IPV6_V6ONLY));
  R(set_option(u4, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  R(option(a, IPPROTO_IP, IP_TTL));
  return 0;
}
