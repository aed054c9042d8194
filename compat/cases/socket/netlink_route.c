// tags: network
// The loopback device through rtnetlink(7), and what the C library makes of it.
#include "inet.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

static char reply[65536];

static long ask(int fd, int type, int flags, const void *body, int length) {
  char request[256];
  struct nlmsghdr *h = (void *)request;
  *h = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(length),
                         .nlmsg_type = type,
                         .nlmsg_flags = NLM_F_REQUEST | flags,
                         .nlmsg_seq = 42};
  memcpy(NLMSG_DATA(h), body, length);
  NEED(send(fd, request, h->nlmsg_len, 0));
  return recv(fd, reply, sizeof reply, 0);
}

static void say_error(const struct nlmsghdr *h) {
  const struct nlmsgerr *e = NLMSG_DATA(h);
  say("type %d, error %s, about type %d", h->nlmsg_type, e->error ? errno_name(-e->error) : "none",
      e->msg.nlmsg_type);
}

int main(void) {
  CHECK("socket bind getsockname", "an address of netlink");
  int fd = R(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  struct sockaddr_nl me = {.nl_family = AF_NETLINK};
  socklen_t length = sizeof me;
  OK(bind(fd, (void *)&me, sizeof me));
  OK(getsockname(fd, (void *)&me, &length));
  T(me.nl_pid == (unsigned)getpid());
  say("length %d", (int)length);
  int second = NEED(socket(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE));
  R(bind(second, (void *)&me, sizeof me));
  me.nl_pid = 0;
  OK(bind(second, (void *)&me, sizeof me));
  OK(getsockname(second, (void *)&me, &length));
  T(me.nl_pid != (unsigned)getpid() && me.nl_pid != 0);
  R(bind(fd, (void *)&me, 4));
  R(listen(fd, 1));
  R(socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE));
  CHECK("sendto recvfrom", "RTM_GETLINK");
  struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
  T(ask(fd, RTM_GETLINK, NLM_F_DUMP, &link, sizeof link) > 100);
  struct nlmsghdr *h = (void *)reply;
  struct ifinfomsg *got = NLMSG_DATA(h);
  say("type %d, flags %#x, seq %u; index %d, kind %d", h->nlmsg_type, h->nlmsg_flags & NLM_F_MULTI,
      h->nlmsg_seq, got->ifi_index, got->ifi_type);
  say("flags %#x", got->ifi_flags);
  int left = h->nlmsg_len - NLMSG_LENGTH(sizeof *got);
  for (struct rtattr *a = IFLA_RTA(got); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
    if (a->rta_type == IFLA_IFNAME) say("name %s", (char *)RTA_DATA(a));
    if (a->rta_type == IFLA_MTU) say("mtu %d", *(int *)RTA_DATA(a));
    if (a->rta_type == IFLA_ADDRESS) say("address of %d bytes", (int)RTA_PAYLOAD(a));
    if (a->rta_type == IFLA_TXQLEN) say("queue %d", *(int *)RTA_DATA(a));
  }
  R(recv(fd, reply, 16, MSG_PEEK));
  R(recv(fd, reply, sizeof reply, 0));
  say("type %d", h->nlmsg_type);
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("sendto recvfrom", "RTM_GETADDR");
  struct ifaddrmsg address = {.ifa_family = AF_INET};
  T(ask(fd, RTM_GETADDR, NLM_F_DUMP, &address, sizeof address) > 50);
  struct ifaddrmsg *ifa = NLMSG_DATA(h);
  say("type %d: family %d, prefix %d, scope %d, index %d", h->nlmsg_type, ifa->ifa_family, ifa->ifa_prefixlen,
      ifa->ifa_scope, ifa->ifa_index);
  left = h->nlmsg_len - NLMSG_LENGTH(sizeof *ifa);
  for (struct rtattr *a = IFA_RTA(ifa); RTA_OK(a, left); a = RTA_NEXT(a, left))
    say("attribute %d of %d bytes", a->rta_type, (int)RTA_PAYLOAD(a));
  R(recv(fd, reply, sizeof reply, 0));
  CHECK("sendto recvfrom", "RTM_GETROUTE for one address");
  struct {
    struct rtmsg m;
    struct rtattr a;
    struct in_addr to;
  } route = {{.rtm_family = AF_INET, .rtm_dst_len = 32}, {RTA_LENGTH(4), RTA_DST}, {htonl(0x7f000001)}};
  T(ask(fd, RTM_GETROUTE, 0, &route, sizeof route) > 30);
  struct rtmsg *r = NLMSG_DATA(h);
  say("type %d: table %d, kind %d, prefix %d", h->nlmsg_type, r->rtm_table, r->rtm_type, r->rtm_dst_len);
  route.to.s_addr = htonl(0xc0000201);
  R(ask(fd, RTM_GETROUTE, 0, &route, sizeof route) > 0);
  say_error(h);
  CHECK("sendto recvfrom", "requests that are refused");
  link.ifi_index = 99;
  T(ask(fd, RTM_GETLINK, 0, &link, sizeof link) > 0);
  say_error(h);
  T(ask(fd, 1000, 0, &link, sizeof link) > 0);
  say_error(h);
  T(ask(fd, RTM_GETLINK, 0, &link, 4) > 0);
  say_error(h);
  CHECK("sendto", "what is malformed is not answered");
  R(send(fd, "short", 5, 0));
  struct nlmsghdr bad = {.nlmsg_len = 1000, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST};
  R(send(fd, &bad, sizeof bad, 0));
  bad.nlmsg_len = 3;
  R(send(fd, &bad, sizeof bad, 0));
  bad = (struct nlmsghdr){.nlmsg_len = 16, .nlmsg_type = RTM_GETLINK};
  R(send(fd, &bad, sizeof bad, 0));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  bad =
      (struct nlmsghdr){.nlmsg_len = 16, .nlmsg_type = NLMSG_NOOP, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK};
  R(send(fd, &bad, sizeof bad, 0));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  say_error(h);
  CHECK("sendto recvfrom", "getifaddrs");
  struct ifaddrs *all, *i;
  R(getifaddrs(&all));
  for (i = all; i; i = i->ifa_next) {
    char text[64] = "", mask[64] = "";
    if (i->ifa_addr->sa_family == AF_INET) {
      inet_ntop(AF_INET, &((struct sockaddr_in *)i->ifa_addr)->sin_addr, text, sizeof text);
      inet_ntop(AF_INET, &((struct sockaddr_in *)i->ifa_netmask)->sin_addr, mask, sizeof mask);
    } else if (i->ifa_addr->sa_family == AF_INET6) {
      inet_ntop(AF_INET6, &((struct sockaddr_in6 *)i->ifa_addr)->sin6_addr, text, sizeof text);
      inet_ntop(AF_INET6, &((struct sockaddr_in6 *)i->ifa_netmask)->sin6_addr, mask, sizeof mask);
    }
    say("%s family %d flags %#x %s %s", i->ifa_name, i->ifa_addr->sa_family, i->ifa_flags, text, mask);
  }
  struct if_nameindex *names = if_nameindex();
  say("%u %s %u", names[0].if_index, names[0].if_name, names[1].if_index);
  CHECK("sendto recvfrom", "changes are not for everybody");
  NEED(setuid(12345));
  link.ifi_index = 1;
  T(ask(fd, RTM_NEWLINK, NLM_F_ACK, &link, sizeof link) > 0);
  say_error(h);
  T(ask(fd, RTM_DELADDR, NLM_F_ACK, &address, sizeof address) > 0);
  say_error(h);
  return 0;
}
