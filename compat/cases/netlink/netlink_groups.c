// tags: network
// Groups of netlink: joining, leaving, and what of it can be seen.
#include "netlink.h"

static void say_groups(int fd) {
  struct sockaddr_nl a = {0};
  socklen_t length = sizeof a;
  NEED(getsockname(fd, (void *)&a, &length));
  unsigned list[8] = {0};
  length = sizeof list;
  int r = getsockopt(fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, list, &length);
  say("name %#x, list %d: %#x %#x", a.nl_groups, r, list[0], list[1]);
}

int main(void) {
  struct sockaddr_nl a = {.nl_family = AF_NETLINK};
  CHECK("bind getsockname getsockopt(NETLINK_LIST_MEMBERSHIPS)", "groups of bind");
  int fd = nl_open(NETLINK_ROUTE);
  a.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR;
  R(bind(fd, (void *)&a, sizeof a));
  say_groups(fd);
  a.nl_pid = getpid();
  a.nl_groups = RTMGRP_IPV6_ROUTE;
  R(bind(fd, (void *)&a, sizeof a));
  say_groups(fd);
  CHECK("setsockopt(NETLINK_ADD_MEMBERSHIP)", "one by one");
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK));
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK));
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, 33));
  say_groups(fd);
  CHECK("setsockopt(NETLINK_DROP_MEMBERSHIP)", "leaving");
  R(nl_set(fd, NETLINK_DROP_MEMBERSHIP, RTNLGRP_LINK));
  R(nl_set(fd, NETLINK_DROP_MEMBERSHIP, RTNLGRP_NEIGH));
  say_groups(fd);
  CHECK("setsockopt(NETLINK_ADD_MEMBERSHIP)", "groups that there cannot be");
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, 0));
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, -1));
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, 100000));
  CHECK("setsockopt(NETLINK_ADD_MEMBERSHIP) bind", "without a capability");
  NEED(setuid(12345));
  fd = nl_open(NETLINK_ROUTE);
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK));
  fd = nl_open(NETLINK_USERSOCK);
  R(nl_set(fd, NETLINK_ADD_MEMBERSHIP, 1));
  a = (struct sockaddr_nl){.nl_family = AF_NETLINK, .nl_groups = 1};
  R(bind(fd, (void *)&a, sizeof a));
  fd = nl_open(NETLINK_KOBJECT_UEVENT);
  R(bind(fd, (void *)&a, sizeof a));
  return 0;
}
