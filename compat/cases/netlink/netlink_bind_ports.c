// tags: network
// Ports of netlink sockets: bind(2) and getsockname(2).
#include "netlink.h"

static unsigned port_of(int fd) {
  struct sockaddr_nl a = {0};
  socklen_t length = sizeof a;
  NEED(getsockname(fd, (void *)&a, &length));
  return a.nl_pid;
}

int main(void) {
  struct sockaddr_nl a = {.nl_family = AF_NETLINK};
  CHECK("bind getsockname", "the first socket has the process id");
  int fd = nl_open(NETLINK_ROUTE);
  T(port_of(fd) == 0);
  R(bind(fd, (void *)&a, sizeof a));
  T(port_of(fd) == (unsigned)getpid());
  CHECK("bind", "a second time");
  a.nl_pid = getpid();
  R(bind(fd, (void *)&a, sizeof a));
  a.nl_pid = 0;
  R(bind(fd, (void *)&a, sizeof a));
  a.nl_pid = 4711;
  R(bind(fd, (void *)&a, sizeof a));
  CHECK("bind", "a port that is taken");
  int other = nl_open(NETLINK_ROUTE);
  a.nl_pid = getpid();
  R(bind(other, (void *)&a, sizeof a));
  CHECK("bind", "a port of one's own choice");
  a.nl_pid = 123456789;
  R(bind(other, (void *)&a, sizeof a));
  say("%u", port_of(other));
  CHECK("bind", "each protocol has its own ports");
  int third = nl_open(NETLINK_USERSOCK);
  R(bind(third, (void *)&a, sizeof a));
  say("%u", port_of(third));
  CHECK("bind close", "a port is free again after close");
  close(other);
  other = nl_open(NETLINK_ROUTE);
  R(bind(other, (void *)&a, sizeof a));
  CHECK("bind", "malformed addresses");
  other = nl_open(NETLINK_ROUTE);
  R(bind(other, (void *)&a, sizeof a - 1));
  R(bind(other, (void *)&a, 2));
  a.nl_family = AF_INET;
  R(bind(other, (void *)&a, sizeof a));
  return 0;
}
