// tags: network
// NETLINK_GET_STRICT_CHK: fields that mean nothing must be 0.
#include "netlink.h"

static void both(const char *label, int type, int flags, const void *body, int length) {
  for (int strict = 0; strict < 2; strict++) {
    int fd = nl_open(NETLINK_ROUTE);
    NEED(nl_set(fd, NETLINK_GET_STRICT_CHK, strict));
    nl_begin(type, flags, body, length);
    long n = nl_ask(fd);
    say("%s, %s: %s", label, strict ? "strict" : "lax", n < 0 ? errno_name(errno) : nl_error());
    close(fd);
  }
}

int main(void) {
  CHECK("sendto recvfrom", "RTM_GETLINK");
  struct ifinfomsg link = {.ifi_index = 1};
  both("one", RTM_GETLINK, 0, &link, sizeof link);
  both("a dump with an index", RTM_GETLINK, NLM_F_DUMP, &link, sizeof link);
  link.ifi_flags = 1;
  both("flags", RTM_GETLINK, 0, &link, sizeof link);
  link = (struct ifinfomsg){.ifi_change = 1};
  both("a dump with a change", RTM_GETLINK, NLM_F_DUMP, &link, sizeof link);
  both("a short dump", RTM_GETLINK, NLM_F_DUMP, &link, 4);
  CHECK("sendto recvfrom", "RTM_GETADDR");
  struct ifaddrmsg address = {.ifa_family = AF_INET};
  both("all", RTM_GETADDR, NLM_F_DUMP, &address, sizeof address);
  address.ifa_prefixlen = 8;
  both("a length", RTM_GETADDR, NLM_F_DUMP, &address, sizeof address);
  address = (struct ifaddrmsg){.ifa_family = AF_INET, .ifa_index = 1};
  both("an index", RTM_GETADDR, NLM_F_DUMP, &address, sizeof address);
  address.ifa_index = 99;
  both("an index that nobody has", RTM_GETADDR, NLM_F_DUMP, &address, sizeof address);
  both("a short one", RTM_GETADDR, NLM_F_DUMP, &address, 4);
  CHECK("sendto recvfrom", "RTM_GETROUTE");
  struct rtmsg route = {.rtm_family = AF_INET};
  both("all", RTM_GETROUTE, NLM_F_DUMP, &route, sizeof route);
  route.rtm_dst_len = 8;
  both("a length", RTM_GETROUTE, NLM_F_DUMP, &route, sizeof route);
  route = (struct rtmsg){.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN};
  both("the main table", RTM_GETROUTE, NLM_F_DUMP, &route, sizeof route);
  route.rtm_table = 77;
  both("a table that nobody made", RTM_GETROUTE, NLM_F_DUMP, &route, sizeof route);
  both("a short one", RTM_GETROUTE, NLM_F_DUMP, &route, 4);
  return 0;
}
