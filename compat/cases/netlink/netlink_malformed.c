// tags: network
// Messages that are not what they say.
#include "netlink.h"

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  struct ifinfomsg link = {.ifi_index = 1};
  CHECK("sendto", "shorter than a header");
  R(send(fd, "x", 1, 0));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("sendto", "a length that lies");
  struct nlmsghdr *h = nl_begin(RTM_GETLINK, NLM_F_ACK, &link, sizeof link);
  unsigned length = h->nlmsg_len;
  h->nlmsg_len = length + 4;
  R(send(fd, request, length, 0));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  h->nlmsg_len = 15;
  R(send(fd, request, length, 0));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  h->nlmsg_len = 0xffffffff;
  R(send(fd, request, length, 0));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("sendto recvfrom", "a fixed part that is cut");
  h->nlmsg_len = 20;
  R(send(fd, request, 20, 0));
  T(recv(fd, reply, sizeof reply, MSG_DONTWAIT) > 0);
  say("%s", nl_error());
  h->nlmsg_len = 16;
  R(send(fd, request, 16, 0));
  T(recv(fd, reply, sizeof reply, MSG_DONTWAIT) > 0);
  say("%s", nl_error());
  CHECK("sendto recvfrom", "attributes that are cut");
  nl_begin(RTM_GETLINK, 0, &link, sizeof link);
  nl_attr(IFLA_EXT_MASK, "\1\0\0\0", 4);
  ((struct rtattr *)(request + NLMSG_SPACE(sizeof link)))->rta_len = 3;
  nl_try(fd, "length 3");
  ((struct rtattr *)(request + NLMSG_SPACE(sizeof link)))->rta_len = 200;
  nl_try(fd, "length 200");
  CHECK("sendto recvfrom", "types that nobody knows");
  nl_begin(15, NLM_F_ACK, &link, sizeof link);
  nl_try(fd, "15");
  nl_begin(1000, 0, &link, sizeof link);
  nl_try(fd, "1000");
  nl_begin(65535, NLM_F_DUMP, &link, sizeof link);
  nl_try(fd, "65535");
  CHECK("sendto recvfrom", "several requests at once, the second malformed");
  nl_begin(RTM_GETLINK, 0, &link, sizeof link);
  h = (void *)request;
  memcpy(request + NLMSG_ALIGN(h->nlmsg_len), request, h->nlmsg_len);
  ((struct nlmsghdr *)(request + NLMSG_ALIGN(h->nlmsg_len)))->nlmsg_len = 9;
  R(send(fd, request, 2 * NLMSG_ALIGN(h->nlmsg_len), 0) > 0);
  T(recv(fd, reply, sizeof reply, MSG_DONTWAIT) > 100);
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  return 0;
}
