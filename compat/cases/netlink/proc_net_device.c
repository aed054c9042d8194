// tags: network
// What /proc/net says of the device's addresses and routes.
#include "diag.h"

static void show(const char *path) {
  say("%s", get(path));
}

int main(void) {
  CHECK("read", "/proc/net/if_inet6");
  show("/proc/net/if_inet6");
  CHECK("read", "/proc/net/route");
  show("/proc/net/route");
  CHECK("read", "/proc/net/ipv6_route");
  T(strstr(get("/proc/net/ipv6_route"),
           "00000000000000000000000000000001 80 00000000000000000000000000000000 00 "
           "00000000000000000000000000000000 00000000") != NULL);
  T(strstr(get("/proc/net/ipv6_route"), " ffffffff 00000001 00000000 00200200       lo\n") != NULL);
  CHECK("read", "/proc/net/igmp");
  show("/proc/net/igmp");
  CHECK("read", "/proc/net/igmp6");
  show("/proc/net/igmp6");
  CHECK("read", "/proc/net/arp");
  show("/proc/net/arp");
  CHECK("read", "/proc/net/fib_trie");
  const char *trie = get("/proc/net/fib_trie");
  T(strstr(trie, "|-- 127.0.0.0\n           /8 host LOCAL\n") != NULL);
  T(strstr(trie, "|-- 127.0.0.1\n           /32 host LOCAL\n") != NULL);
  T(strstr(trie, "|-- 127.255.255.255\n        /32 link BROADCAST\n") != NULL);
  T(strstr(trie, "Local:\n") != NULL);
  CHECK("read", "an address that was added");
  int fd = nl_open(NETLINK_ROUTE);
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.1", 32);
  nl_try(fd, "add");
  T(strstr(get("/proc/net/fib_trie"), "192.0.2.1\n") != NULL);
  CHECK("read", "a group that was joined");
  struct ip_mreqn m = {.imr_multiaddr.s_addr = htonl(0xe0010203), .imr_ifindex = 1};
  int s = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  OK(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m));
  T(strstr(get("/proc/net/igmp"), "030201E0     1 0:") != NULL);
  return 0;
}
