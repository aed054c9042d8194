// tags: network
// The first address of a network, and those that come with it.
#include "netlink.h"

static void show(const struct nlmsghdr *h) {
  const struct ifaddrmsg *a = NLMSG_DATA(h);
  say("%s/%d flags %#x scope %d", nl_ip(nl_find(h, sizeof *a, IFA_LOCAL)), a->ifa_prefixlen, a->ifa_flags,
      a->ifa_scope);
}
static void list(int fd) {
  struct ifaddrmsg body = {.ifa_family = AF_INET};
  nl_begin(RTM_GETADDR, NLM_F_DUMP, &body, sizeof body);
  say("%d addresses", nl_dump(fd, show));
}
static void add(int fd, const char *text, int prefix, int scope) {
  nl_address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, text, prefix);
  struct ifaddrmsg *body = NLMSG_DATA((struct nlmsghdr *)request);
  body->ifa_scope = scope;
  nl_try(fd, text);
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  CHECK("sendto recvfrom", "the second of a network is secondary");
  add(fd, "192.0.2.1", 24, 0);
  add(fd, "192.0.2.2", 24, 0);
  add(fd, "198.51.100.1", 24, 0);
  add(fd, "192.0.2.3", 24, 0);
  list(fd);
  CHECK("sendto recvfrom", "another length makes another network");
  add(fd, "192.0.2.4", 25, 0);
  add(fd, "192.0.2.129", 32, RT_SCOPE_LINK);
  list(fd);
  CHECK("sendto recvfrom", "another scope in the same network");
  add(fd, "192.0.2.9", 24, RT_SCOPE_LINK);
  CHECK("sendto recvfrom", "with the first go the others");
  nl_address(RTM_DELADDR, 0, "192.0.2.2", 24);
  nl_try(fd, "a secondary");
  nl_address(RTM_DELADDR, 0, "192.0.2.1", 24);
  nl_try(fd, "the first");
  list(fd);
  CHECK("sendto recvfrom bind", "even 127.0.0.1 can go");
  nl_address(RTM_DELADDR, 0, "127.0.0.1", 8);
  nl_try(fd, "127.0.0.1");
  say_bindable("127.0.0.1");
  add(fd, "127.0.0.1", 8, RT_SCOPE_HOST);
  say_bindable("127.0.0.1");
  list(fd);
  return 0;
}
