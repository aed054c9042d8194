// tags: network
// What members of groups are told: addresses and links that change.
#include "netlink.h"

static int news;

static void hear(const char *label) {
  for (;;) {
    struct sockaddr_nl from;
    socklen_t length = sizeof from;
    long n = recvfrom(news, reply, sizeof reply, MSG_DONTWAIT, (void *)&from, &length);
    if (n < 0) break;
    struct nlmsghdr *h = (void *)reply;
    if (h->nlmsg_type == RTM_NEWADDR || h->nlmsg_type == RTM_DELADDR) {
      struct ifaddrmsg *a = NLMSG_DATA(h);
      say("%s: type %d, groups %#x, family %d, %s/%d", label, h->nlmsg_type, from.nl_groups, a->ifa_family,
          nl_ip(nl_find(h, sizeof *a, IFA_ADDRESS)), a->ifa_prefixlen);
    } else if (h->nlmsg_type == RTM_NEWLINK) {
      struct ifinfomsg *i = NLMSG_DATA(h);
      say("%s: link, index %d, up %d, mtu %u", label, i->ifi_index, i->ifi_flags & IFF_UP,
          nl_u32(h, sizeof *i, IFLA_MTU));
    } else if (h->nlmsg_type == RTM_NEWROUTE || h->nlmsg_type == RTM_DELROUTE) {
      struct rtmsg *r = NLMSG_DATA(h);
      say("%s: type %d, %s/%d, table %d, kind %d", label, h->nlmsg_type,
          nl_ip(nl_find(h, sizeof *r, RTA_DST)), r->rtm_dst_len, r->rtm_table, r->rtm_type);
    } else
      say("%s: type %d", label, h->nlmsg_type);
  }
  say("%s: no more", label);
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  news = nl_open(NETLINK_ROUTE);
  struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR};
  NEED(bind(news, (void *)&a, sizeof a));
  CHECK("recvfrom", "an address of IPv4 comes and goes");
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.5", 32);
  nl_try(fd, "add");
  hear("added");
  nl_address(RTM_DELADDR, 0, "192.0.2.5", 32);
  nl_try(fd, "delete");
  hear("deleted");
  CHECK("recvfrom", "of other groups nothing is heard");
  NEED(nl_set(news, NETLINK_DROP_MEMBERSHIP, RTNLGRP_IPV4_IFADDR));
  NEED(nl_set(news, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV6_IFADDR));
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.6", 32);
  nl_try(fd, "add");
  hear("added");
  NEED(nl_set(news, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV4_IFADDR));
  nl_address(RTM_DELADDR, 0, "192.0.2.6", 32);
  nl_try(fd, "delete");
  hear("deleted");
  CHECK("recvfrom", "a link that changes");
  NEED(nl_set(news, NETLINK_DROP_MEMBERSHIP, RTNLGRP_IPV6_IFADDR));
  NEED(nl_set(news, NETLINK_DROP_MEMBERSHIP, RTNLGRP_IPV4_IFADDR));
  NEED(nl_set(news, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK));
  struct ifinfomsg body = {.ifi_index = 1};
  int mtu = 9000;
  nl_begin(RTM_NEWLINK, NLM_F_ACK, &body, sizeof body);
  nl_attr(IFLA_MTU, &mtu, 4);
  nl_try(fd, "mtu");
  struct pollfd p = {.fd = news, .events = POLLIN};
  say("poll %d", poll(&p, 1, 0));
  hear("link");
  CHECK("recvfrom", "routes that come with an address");
  NEED(nl_set(news, NETLINK_DROP_MEMBERSHIP, RTNLGRP_LINK));
  NEED(nl_set(news, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV4_ROUTE));
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.7", 32);
  nl_try(fd, "add");
  hear("added");
  nl_address(RTM_DELADDR, 0, "192.0.2.7", 32);
  nl_try(fd, "delete");
  hear("deleted");
  NEED(nl_set(news, NETLINK_DROP_MEMBERSHIP, RTNLGRP_IPV4_ROUTE));
  NEED(nl_set(news, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV4_IFADDR));
  CHECK("recvfrom", "what failed is no news");
  nl_address(RTM_DELADDR, 0, "192.0.2.5", 32);
  nl_try(fd, "delete");
  hear("nothing");
  return 0;
}
