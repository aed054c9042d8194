// tags: network
// IPv6 addresses of lo that come and go.
#include "netlink.h"

static void show(const struct nlmsghdr *h) {
  const struct ifaddrmsg *a = NLMSG_DATA(h);
  say("%s/%d flags %#x scope %d", nl_ip(nl_find(h, sizeof *a, IFA_ADDRESS)), a->ifa_prefixlen, a->ifa_flags,
      a->ifa_scope);
}
static void list(int fd) {
  struct ifaddrmsg body = {.ifa_family = AF_INET6};
  nl_begin(RTM_GETADDR, NLM_F_DUMP, &body, sizeof body);
  say("%d addresses", nl_dump(fd, show));
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  const int create = NLM_F_CREATE | NLM_F_EXCL;
  /* Nobody is asked whether the address is taken, which would need a while. */
  const int flags = IFA_F_NODAD;
  CHECK("sendto recvfrom bind", "a global address");
  say_bindable("2001:db8::5");
  nl_address(RTM_NEWADDR, create, "2001:db8::5", 128);
  nl_attr(IFA_FLAGS, &flags, 4);
  nl_try(fd, "add");
  say_bindable("2001:db8::5");
  say_bindable("2001:db8::6");
  list(fd);
  CHECK("sendto recvfrom", "the same again");
  nl_address(RTM_NEWADDR, create, "2001:db8::5", 128);
  nl_try(fd, "add");
  nl_address(RTM_NEWADDR, create, "2001:db8::5", 64);
  nl_try(fd, "add with another length");
  CHECK("sendto recvfrom", "what cannot be an address");
  nl_address(RTM_NEWADDR, create, "2001:db8::7", 129);
  nl_try(fd, "129 bits");
  CHECK("connect sendto recvfrom", "messages over it");
  struct sockaddr_in6 a = {.sin6_family = AF_INET6}, from;
  socklen_t length = sizeof a;
  inet_pton(AF_INET6, "2001:db8::5", &a.sin6_addr);
  int server = NEED(socket(AF_INET6, SOCK_DGRAM, 0)), client = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  R(bind(server, (void *)&a, sizeof a));
  NEED(getsockname(server, (void *)&a, &length));
  /* The address is bound before there is a route to it. */
  struct pollfd p = {.fd = server, .events = POLLIN};
  int tries = 0;
  do NEED(sendto(client, "hello", 5, 0, (void *)&a, sizeof a));
  while (poll(&p, 1, 20) == 0 && tries++ < 500);
  R(recvfrom(server, reply, sizeof reply, MSG_DONTWAIT, (void *)&from, &length));
  char text[64];
  say("from %s", inet_ntop(AF_INET6, &from.sin6_addr, text, sizeof text));
  CHECK("sendto recvfrom bind", "taken away");
  nl_address(RTM_DELADDR, 0, "2001:db8::5", 64);
  nl_try(fd, "another length");
  nl_address(RTM_DELADDR, 0, "2001:db8::5", 128);
  nl_try(fd, "delete");
  nl_address(RTM_DELADDR, 0, "2001:db8::5", 128);
  nl_try(fd, "delete again");
  say_bindable("2001:db8::5");
  list(fd);
  return 0;
}
