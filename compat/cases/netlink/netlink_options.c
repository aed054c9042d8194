// tags: network
// Options of level SOL_NETLINK.
#include "netlink.h"

static void say_option(int fd, const char *label, int option) {
  int value = 77;
  socklen_t length = sizeof value;
  int before = getsockopt(fd, SOL_NETLINK, option, &value, &length);
  say("%s: %s", label, before ? errno_name(errno) : value ? "on" : "off");
  if (nl_set(fd, option, 5)) say("  cannot be set: %s", errno_name(errno));
  length = sizeof value;
  if (getsockopt(fd, SOL_NETLINK, option, &value, &length) == 0) say("  then %d, of %u bytes", value, length);
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE), value = 1;
  CHECK("getsockopt setsockopt", "switches");
  say_option(fd, "NETLINK_PKTINFO", NETLINK_PKTINFO);
  say_option(fd, "NETLINK_BROADCAST_ERROR", NETLINK_BROADCAST_ERROR);
  say_option(fd, "NETLINK_NO_ENOBUFS", NETLINK_NO_ENOBUFS);
  say_option(fd, "NETLINK_CAP_ACK", NETLINK_CAP_ACK);
  say_option(fd, "NETLINK_EXT_ACK", NETLINK_EXT_ACK);
  say_option(fd, "NETLINK_GET_STRICT_CHK", NETLINK_GET_STRICT_CHK);
  say_option(fd, "NETLINK_LISTEN_ALL_NSID", NETLINK_LISTEN_ALL_NSID);
  CHECK("getsockopt setsockopt", "unknown options and levels");
  say_option(fd, "99", 99);
  R(setsockopt(fd, SOL_IP, 1, &value, sizeof value));
  socklen_t length = sizeof value;
  R(getsockopt(fd, SOL_IP, 1, &value, &length));
  CHECK("getsockopt setsockopt", "lengths");
  R(setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &value, 3));
  R(setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &value, 0));
  length = 3;
  R(getsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &value, &length));
  unsigned list[4];
  length = 0;
  R(getsockopt(fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, list, &length));
  T(length > 0 && length % 4 == 0);
  CHECK("setsockopt(NETLINK_LISTEN_ALL_NSID)", "without the capability");
  NEED(setuid(12345));
  fd = nl_open(NETLINK_ROUTE);
  R(nl_set(fd, NETLINK_LISTEN_ALL_NSID, 1));
  R(nl_set(fd, NETLINK_EXT_ACK, 1));
  return 0;
}
