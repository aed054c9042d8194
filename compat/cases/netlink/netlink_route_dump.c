// tags: network
// The routes of the loopback device.
#include "netlink.h"

static void show(const struct nlmsghdr *h) {
  const struct rtmsg *r = NLMSG_DATA(h);
  int f = sizeof *r;
  say("%s/%d table %d kind %d scope %d protocol %d flags %#x source %s device %u",
      nl_ip(nl_find(h, f, RTA_DST)), r->rtm_dst_len, r->rtm_table, r->rtm_type, r->rtm_scope, r->rtm_protocol,
      r->rtm_flags, nl_ip(nl_find(h, f, RTA_PREFSRC)), nl_u32(h, f, RTA_OIF));
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  struct rtmsg body = {.rtm_family = AF_INET};
  CHECK("sendto recvfrom", "of IPv4");
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "of IPv6");
  body.rtm_family = AF_INET6;
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "of both");
  body.rtm_family = AF_UNSPEC;
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, NULL));
  CHECK("sendto recvfrom", "those of new addresses");
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.1", 24);
  nl_try(fd, "add");
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "198.51.100.7", 32);
  nl_try(fd, "add");
  body.rtm_family = AF_INET;
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &body, sizeof body);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "one table, one kind");
  NEED(nl_set(fd, NETLINK_GET_STRICT_CHK, 1));
  body.rtm_table = RT_TABLE_MAIN;
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &body, sizeof body);
  say("main: %d", nl_dump(fd, NULL));
  body.rtm_table = RT_TABLE_LOCAL;
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &body, sizeof body);
  say("local: %d", nl_dump(fd, NULL));
  body.rtm_type = RTN_BROADCAST;
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &body, sizeof body);
  say("broadcast: %d", nl_dump(fd, show));
  return 0;
}
