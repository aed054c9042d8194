// tags: network
// Rules, and tables that a machine without networks has empty.
#include <linux/fib_rules.h>
#include "netlink.h"

static void rule(const struct nlmsghdr *h) {
  const struct fib_rule_hdr *r = NLMSG_DATA(h);
  int f = sizeof *r;
  unsigned priority = nl_u32(h, f, FRA_PRIORITY);
  say("family %d table %d action %d priority %u", r->family, r->table, r->action,
      priority == 0xdeadbeef ? 0 : priority);
}

static void list(int fd, const char *label, int type, int family, int length) {
  char body[32] = {family};
  nl_begin(type, NLM_F_DUMP, body, length);
  long n = nl_ask(fd);
  say("%s: %s", label, n < 0 ? errno_name(errno) : nl_error());
  while (recv(fd, reply, sizeof reply, MSG_DONTWAIT) > 0) {
  }
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  struct fib_rule_hdr body = {.family = AF_INET};
  CHECK("sendto recvfrom", "rules of IPv4");
  nl_begin(RTM_GETRULE, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, rule));
  CHECK("sendto recvfrom", "rules of IPv6");
  body.family = AF_INET6;
  nl_begin(RTM_GETRULE, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, rule));
  CHECK("sendto recvfrom", "neighbours, classes, namespaces");
  list(fd, "neighbours", RTM_GETNEIGH, AF_UNSPEC, 12);
  list(fd, "classes", RTM_GETTCLASS, AF_UNSPEC, 20);
  list(fd, "namespaces", RTM_GETNSID, AF_UNSPEC, 4);
  list(fd, "next hops", RTM_GETNEXTHOP, AF_UNSPEC, 8);
  CHECK("sendto recvfrom", "queueing, settings, groups");
  list(fd, "disciplines", RTM_GETQDISC, AF_UNSPEC, 20);
  list(fd, "settings of IPv4", RTM_GETNETCONF, AF_INET, 4);
  list(fd, "settings of IPv6", RTM_GETNETCONF, AF_INET6, 4);
  list(fd, "groups of IPv4", RTM_GETMULTICAST, AF_INET, 8);
  list(fd, "groups of IPv6", RTM_GETMULTICAST, AF_INET6, 8);
  CHECK("sendto recvfrom", "what nobody lists");
  list(fd, "RTM_GETDCB", RTM_GETDCB, AF_UNSPEC, 8);
  list(fd, "anycast of IPv4", RTM_GETANYCAST, AF_INET, 8);
  list(fd, "anycast of IPv6", RTM_GETANYCAST, AF_INET6, 8);
  return 0;
}
