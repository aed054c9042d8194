// tags: network
// connect(2) and getpeername(2) of netlink sockets.
#include "netlink.h"

static void say_peer(int fd) {
  struct sockaddr_nl a = {0};
  socklen_t length = sizeof a;
  R(getpeername(fd, (void *)&a, &length));
  say("family %d, port %u, groups %#x, length %u", a.nl_family, a.nl_pid, a.nl_groups, length);
}

int main(void) {
  struct sockaddr_nl a = {.nl_family = AF_NETLINK};
  CHECK("getpeername", "the kernel, before and after");
  int fd = nl_open(NETLINK_ROUTE);
  say_peer(fd);
  R(connect(fd, (void *)&a, sizeof a));
  say_peer(fd);
  CHECK("connect", "to a port and groups");
  a.nl_pid = 77;
  R(connect(fd, (void *)&a, sizeof a));
  say_peer(fd);
  a.nl_groups = 0x14;
  R(connect(fd, (void *)&a, sizeof a));
  say_peer(fd);
  CHECK("connect(AF_UNSPEC)", "undoes it");
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  R(connect(fd, &none, sizeof none));
  say_peer(fd);
  CHECK("connect", "malformed addresses");
  R(connect(fd, (void *)&a, 1));
  R(connect(fd, (void *)&a, 8));
  a.nl_family = AF_INET;
  R(connect(fd, (void *)&a, sizeof a));
  CHECK("connect sendto", "to a port that nobody has");
  a = (struct sockaddr_nl){.nl_family = AF_NETLINK, .nl_pid = 0x7ffffff0};
  R(connect(fd, (void *)&a, sizeof a));
  R(send(fd, "0123456789abcdef", 16, 0));
  CHECK("connect sendto", "to others, without the capability");
  NEED(setuid(12345));
  fd = nl_open(NETLINK_ROUTE);
  R(connect(fd, (void *)&a, sizeof a));
  R(sendto(fd, "0123456789abcdef", 16, 0, (void *)&a, sizeof a));
  a.nl_pid = 0;
  R(connect(fd, (void *)&a, sizeof a));
  a.nl_groups = 1;
  R(sendto(fd, "0123456789abcdef", 16, 0, (void *)&a, sizeof a));
  fd = nl_open(NETLINK_USERSOCK);
  a.nl_pid = 77;
  R(connect(fd, (void *)&a, sizeof a));
  return 0;
}
