// tags: network
// The route to one address.
#include "netlink.h"

static void look_up(int fd, const char *text, int flags) {
  int family = strchr(text, ':') ? AF_INET6 : AF_INET, size = family == AF_INET ? 4 : 16;
  char bytes[16];
  inet_pton(family, text, bytes);
  struct rtmsg body = {.rtm_family = family, .rtm_dst_len = size * 8, .rtm_flags = flags};
  nl_begin(RTM_GETROUTE, 0, &body, sizeof body);
  nl_attr(RTA_DST, bytes, size);
  long n = nl_ask(fd);
  struct nlmsghdr *h = (void *)reply;
  if (n < 0 || h->nlmsg_type != RTM_NEWROUTE) {
    say("%s: %s", text, n < 0 ? errno_name(errno) : nl_error());
    return;
  }
  struct rtmsg *r = NLMSG_DATA(h);
  int f = sizeof *r;
  say("%s: %s/%d table %d kind %d scope %d protocol %d source %s device %u", text,
      nl_ip(nl_find(h, f, RTA_DST)), r->rtm_dst_len, r->rtm_table, r->rtm_type, r->rtm_scope, r->rtm_protocol,
      nl_ip(nl_find(h, f, RTA_PREFSRC)), nl_u32(h, f, RTA_OIF));
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  CHECK("sendto recvfrom", "to this machine");
  look_up(fd, "127.0.0.1", 0);
  look_up(fd, "127.1.2.3", 0);
  look_up(fd, "0.0.0.0", 0);
  look_up(fd, "::1", 0);
  CHECK("sendto recvfrom", "to elsewhere");
  look_up(fd, "192.0.2.1", 0);
  look_up(fd, "8.8.8.8", 0);
  look_up(fd, "2001:db8::1", 0);
  CHECK("sendto recvfrom", "the entry itself");
  look_up(fd, "127.0.0.1", RTM_F_FIB_MATCH);
  look_up(fd, "127.1.2.3", RTM_F_FIB_MATCH);
  CHECK("sendto recvfrom", "to an address that was added");
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.1", 24);
  nl_try(fd, "add");
  look_up(fd, "192.0.2.1", 0);
  look_up(fd, "192.0.2.2", 0);
  look_up(fd, "192.0.3.2", 0);
  CHECK("sendto recvfrom", "malformed requests");
  struct rtmsg body = {.rtm_family = AF_INET, .rtm_dst_len = 32};
  nl_begin(RTM_GETROUTE, 0, &body, 4);
  nl_try(fd, "too short");
  body.rtm_family = 77;
  nl_begin(RTM_GETROUTE, 0, &body, sizeof body);
  nl_try(fd, "no such family");
  return 0;
}
