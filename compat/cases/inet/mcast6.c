// tags: network
// Groups of IPv6 on the loopback device.
#include "net.h"

static int join(int fd, int name, const char *ip, int index) {
  struct ipv6_mreq m = {.ipv6mr_interface = index};
  inet_pton(AF_INET6, ip, &m.ipv6mr_multiaddr);
  return setsockopt(fd, IPPROTO_IPV6, name, &m, sizeof m);
}
static ssize_t to6(int fd, const char *text, const char *ip, int port, int scope) {
  struct sockaddr_in6 address = at6(ip, port);
  address.sin6_scope_id = scope;
  return sendto(fd, text, strlen(text), 0, (void *)&address, sizeof address);
}

int main(void) {
  int from = udp6("::1", 7230), a = udp6("::", 7231);
  CHECK("setsockopt(IPV6_JOIN_GROUP|IPV6_LEAVE_GROUP)", "groups and interfaces");
  R(join(a, IPV6_JOIN_GROUP, "ff12::1", 1));
  R(join(a, IPV6_JOIN_GROUP, "ff12::1", 1));
  R(join(a, IPV6_JOIN_GROUP, "ff12::2", 77));
  R(join(a, IPV6_JOIN_GROUP, "::1", 1));
  R(join(a, IPV6_LEAVE_GROUP, "ff12::9", 1));
  R(join(tcp4(), IPV6_JOIN_GROUP, "ff12::1", 1));
  R(join(NEED(socket(AF_INET6, SOCK_STREAM, 0)), IPV6_JOIN_GROUP, "ff12::1", 1));
  CHECK("setsockopt(IPV6_MULTICAST_IF) sendto", "the way out");
  R(to6(from, "scope", "ff12::1", 7231, 1));
  settle();
  say_message("member", a, 0);
  R(set_option(from, IPPROTO_IPV6, IPV6_MULTICAST_IF, 1));
  R(option(from, IPPROTO_IPV6, IPV6_MULTICAST_IF));
  R(to6(from, "if", "ff12::1", 7231, 0));
  settle();
  say_message("member", a, 0);
  R(set_option(from, IPPROTO_IPV6, IPV6_MULTICAST_IF, 77));
  R(set_option(from, IPPROTO_IPV6, IPV6_MULTICAST_IF, -1));
  R(to6(from, "nobody", "ff12::5", 7231, 1));
  settle();
  say_message("not joined", a, 0);
  CHECK("setsockopt(IPV6_MULTICAST_HOPS|IPV6_MULTICAST_LOOP|IPV6_MULTICAST_ALL)", "values");
  int names[] = {IPV6_MULTICAST_HOPS, IPV6_MULTICAST_LOOP, IPV6_MULTICAST_ALL},
      tried[] = {0, 1, 2, 255, 256, -1, -2};
  for (int k = 0; k < 3; k++) {
    say("%d at first", option(from, IPPROTO_IPV6, names[k]));
    for (int i = 0; i < 7; i++) {
      int r = set_option(from, IPPROTO_IPV6, names[k], tried[i]), error = errno;
      say("%d: %s, %d", tried[i], r ? errno_name(error) : "ok", option(from, IPPROTO_IPV6, names[k]));
    }
  }
  CHECK("recvmsg(IPV6_RECVPKTINFO|IPV6_RECVHOPLIMIT)", "of a group");
  NEED(set_option(a, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
  NEED(set_option(a, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1));
  NEED(set_option(from, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 9));
  R(to6(from, "x", "ff12::1", 7231, 1));
  settle();
  say_message("member", a, 0);
  CHECK("setsockopt(IPV6_LEAVE_GROUP)", "the last member leaves");
  R(join(a, IPV6_LEAVE_GROUP, "ff12::1", 1));
  R(to6(from, "gone", "ff12::1", 7231, 1));
  settle();
  say_message("was a member", a, 0);
  CHECK("sendto", "all nodes");
  R(to6(from, "all", "ff02::1", 7231, 1));
  settle();
  say_message("everybody", a, 0);
  R(to6(from, "all", "ff01::1", 7231, 1));
  settle();
  say_message("everybody", a, 0);
  return 0;
}
