// tags: network
// What RTM_GETLINK says of the loopback device.
#include "netlink.h"

static void show(const struct nlmsghdr *h) {
  const struct ifinfomsg *i = NLMSG_DATA(h);
  int f = sizeof *i;
  say("type %d, family %d, kind %d, index %d, flags %#x, change %#x", h->nlmsg_type, i->ifi_family,
      i->ifi_type, i->ifi_index, i->ifi_flags, i->ifi_change);
  const struct rtattr *name = nl_find(h, f, IFLA_IFNAME);
  say("name %s of %d bytes", (char *)RTA_DATA(name), (int)RTA_PAYLOAD(name));
  const struct rtattr *qdisc = nl_find(h, f, IFLA_QDISC);
  say("mtu %d, queue %d, discipline %s", nl_u32(h, f, IFLA_MTU), nl_u32(h, f, IFLA_TXQLEN),
      qdisc ? (char *)RTA_DATA(qdisc) : "none");
  const struct rtattr *address = nl_find(h, f, IFLA_ADDRESS), *state = nl_find(h, f, IFLA_OPERSTATE);
  say("address of %d bytes, state %d", (int)RTA_PAYLOAD(address), *(char *)RTA_DATA(state));
  static const int numbers[] = {
      IFLA_GROUP,        IFLA_PROMISCUITY,      IFLA_NUM_TX_QUEUES,     IFLA_NUM_RX_QUEUES,
      IFLA_GSO_MAX_SEGS, IFLA_GSO_MAX_SIZE,     IFLA_CARRIER_CHANGES,   IFLA_MIN_MTU,
      IFLA_MAX_MTU,      IFLA_CARRIER_UP_COUNT, IFLA_CARRIER_DOWN_COUNT};
  for (unsigned n = 0; n < sizeof numbers / sizeof *numbers; n++)
    say("attribute %d: %u", numbers[n], nl_u32(h, f, numbers[n]));
  static const int sizes[] = {IFLA_BROADCAST, IFLA_STATS,   IFLA_MAP,
                              IFLA_LINKMODE,  IFLA_CARRIER, IFLA_PROTO_DOWN};
  for (unsigned n = 0; n < sizeof sizes / sizeof *sizes; n++) {
    const struct rtattr *a = nl_find(h, f, sizes[n]);
    say("attribute %d: %d bytes", sizes[n], a ? (int)RTA_PAYLOAD(a) : -1);
  }
  T(nl_find(h, f, IFLA_STATS64) != NULL);
  T(nl_find(h, f, IFLA_AF_SPEC) != NULL);
  T(nl_find(h, f, IFLA_LINKINFO) == NULL);
  T(nl_find(h, f, IFLA_MASTER) == NULL);
}

static void show6(const struct nlmsghdr *h) {
  const struct ifinfomsg *i = NLMSG_DATA(h);
  int f = sizeof *i;
  say("family %d, index %d, flags %#x", i->ifi_family, i->ifi_index, i->ifi_flags);
  T(nl_find(h, f, IFLA_PROTINFO) != NULL);
  T(nl_find(h, f, IFLA_STATS) == NULL);
  T(nl_find(h, f, IFLA_QDISC) == NULL);
  say("mtu %d", nl_u32(h, f, IFLA_MTU));
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  struct ifinfomsg body = {.ifi_family = AF_UNSPEC};
  CHECK("sendto recvfrom", "every link");
  nl_begin(RTM_GETLINK, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "as IPv6 sees them");
  body.ifi_family = AF_INET6;
  nl_begin(RTM_GETLINK, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, show6));
  CHECK("sendto recvfrom", "by name");
  body = (struct ifinfomsg){.ifi_family = AF_UNSPEC};
  nl_begin(RTM_GETLINK, 0, &body, sizeof body);
  nl_attr(IFLA_IFNAME, "lo", 3);
  nl_try(fd, "lo");
  nl_begin(RTM_GETLINK, 0, &body, sizeof body);
  nl_attr(IFLA_IFNAME, "eth0", 5);
  nl_try(fd, "eth0");
  nl_begin(RTM_GETLINK, 0, &body, sizeof body);
  nl_try(fd, "no name");
  CHECK("sendto recvfrom", "of a kind that there is not");
  char kind[] = "\x0a\0\x01\0dummy\0\0";
  nl_begin(RTM_GETLINK, NLM_F_DUMP, &body, sizeof body);
  nl_attr(IFLA_LINKINFO, kind, 12);
  say("%d", nl_dump(fd, NULL));
  CHECK("sendto recvfrom", "of a master");
  int master = 7;
  nl_begin(RTM_GETLINK, NLM_F_DUMP, &body, sizeof body);
  nl_attr(IFLA_MASTER, &master, 4);
  say("%d", nl_dump(fd, NULL));
  return 0;
}
