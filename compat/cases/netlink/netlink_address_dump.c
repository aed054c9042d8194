// tags: network
// What RTM_GETADDR says.
// covers: sendto recvfrom
#include "netlink.h"

static void show(const struct nlmsghdr *h) {
  const struct ifaddrmsg *a = NLMSG_DATA(h);
  int f = sizeof *a;
  say("type %d, multi %d: family %d, prefix %d, flags %#x, scope %d, index %d", h->nlmsg_type,
      h->nlmsg_flags & NLM_F_MULTI, a->ifa_family, a->ifa_prefixlen, a->ifa_flags, a->ifa_scope,
      a->ifa_index);
  say("address %s, local %s, broadcast %s", nl_ip(nl_find(h, f, IFA_ADDRESS)),
      nl_ip(nl_find(h, f, IFA_LOCAL)), nl_ip(nl_find(h, f, IFA_BROADCAST)));
  const struct rtattr *label = nl_find(h, f, IFA_LABEL);
  say("label %s, flags %#x", label ? (char *)RTA_DATA(label) : "none", nl_u32(h, f, IFA_FLAGS));
  const struct ifa_cacheinfo *life = RTA_DATA(nl_find(h, f, IFA_CACHEINFO));
  say("lifetimes %#x %#x", life->ifa_prefered, life->ifa_valid);
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  static const int families[] = {AF_UNSPEC, AF_INET, AF_INET6, AF_PACKET, 200};
  static const char *titles[] = {"of all families", "of IPv4", "of IPv6", "of packets",
                                 "of a family that is not"};
  for (int i = 0; i < 5; i++) {
    CHECK("sendto recvfrom", titles[i]);
    struct ifaddrmsg body = {.ifa_family = families[i]};
    nl_begin(RTM_GETADDR, NLM_F_DUMP, &body, sizeof body);
    say("%d", nl_dump(fd, show));
  }
  CHECK("sendto recvfrom", "a single address of IPv4");
  struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_index = 1};
  nl_begin(RTM_GETADDR, 0, &body, sizeof body);
  nl_try(fd, "one");
  CHECK("sendto recvfrom", "a single address of IPv6");
  body.ifa_family = AF_INET6;
  nl_begin(RTM_GETADDR, 0, &body, sizeof body);
  nl_attr(IFA_ADDRESS, &in6addr_loopback, 16);
  nl_try(fd, "::1");
  nl_begin(RTM_GETADDR, 0, &body, sizeof body);
  nl_attr(IFA_ADDRESS, &(struct in6_addr){{{0x20, 1, 0xd, 0xb8}}}, 16);
  nl_try(fd, "another");
  nl_begin(RTM_GETADDR, 0, &body, sizeof body);
  nl_try(fd, "none");
  return 0;
}
