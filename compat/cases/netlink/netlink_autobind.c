// tags: network
// A netlink socket without a name gets one when it sends, and no two have the same.
#include "netlink.h"

int main(void) {
  struct sockaddr_nl a;
  socklen_t length = sizeof a;
  CHECK("sendto getsockname", "the first message gives a port");
  int fd = nl_open(NETLINK_ROUTE);
  struct rtgenmsg body = {.rtgen_family = AF_UNSPEC};
  nl_begin(RTM_GETLINK, NLM_F_DUMP, &body, sizeof body);
  T(nl_ask(fd) > 0);
  NEED(getsockname(fd, (void *)&a, &length));
  T(a.nl_pid == (unsigned)getpid());
  struct nlmsghdr *h = (void *)reply;
  T(h->nlmsg_pid == a.nl_pid);
  CHECK("connect getsockname", "connect gives a port");
  int second = nl_open(NETLINK_ROUTE);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  OK(connect(second, (void *)&kernel, sizeof kernel));
  NEED(getsockname(second, (void *)&a, &length));
  T(a.nl_pid != (unsigned)getpid());
  T(a.nl_pid > 0x80000000u);
  CHECK("bind getsockname", "three hundred sockets, all different");
  static unsigned ports[300];
  int same = 0;
  for (int i = 0; i < 300; i++) {
    int s = nl_open(NETLINK_USERSOCK);
    NEED(bind(s, (void *)&kernel, sizeof kernel));
    NEED(getsockname(s, (void *)&a, &length));
    ports[i] = a.nl_pid;
    for (int j = 0; j < i; j++) same += ports[j] == ports[i];
  }
  say("%d are the same", same);
  T(ports[0] == (unsigned)getpid());
  return 0;
}
