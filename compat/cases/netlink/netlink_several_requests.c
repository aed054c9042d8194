// tags: network
// Several requests in one message are answered in their order.
#include "netlink.h"

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  struct ifinfomsg link = {.ifi_index = 1};
  CHECK("sendto recvfrom", "three requests, each with its number");
  char all[512];
  unsigned used = 0;
  for (int i = 0; i < 3; i++) {
    link.ifi_index = i == 1 ? 99 : 1;
    struct nlmsghdr *h = nl_begin(RTM_GETLINK, 0, &link, sizeof link);
    h->nlmsg_seq = 100 + i;
    memcpy(all + used, request, h->nlmsg_len);
    used += NLMSG_ALIGN(h->nlmsg_len);
  }
  T(send(fd, all, used, 0) == used);
  for (int i = 0; i < 3; i++) {
    T(recv(fd, reply, sizeof reply, MSG_DONTWAIT) > 0);
    struct nlmsghdr *h = (void *)reply;
    say("seq %u: %s", h->nlmsg_seq, nl_error());
    T(h->nlmsg_pid == (unsigned)getpid());
  }
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("sendto recvfrom", "a second dump has to wait for the first");
  struct rtgenmsg body = {.rtgen_family = AF_UNSPEC};
  nl_begin(RTM_GETLINK, NLM_F_DUMP, &body, sizeof body);
  NEED(send(fd, request, ((struct nlmsghdr *)request)->nlmsg_len, 0));
  NEED(send(fd, request, ((struct nlmsghdr *)request)->nlmsg_len, 0));
  for (int i = 0; i < 3; i++) {
    T(recv(fd, reply, sizeof reply, MSG_DONTWAIT) > 0);
    say("%s", nl_error());
  }
  return 0;
}
