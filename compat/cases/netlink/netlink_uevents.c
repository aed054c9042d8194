// tags: network
// NETLINK_KOBJECT_UEVENT: bound, and silent where no device comes or goes.
#include "netlink.h"

int main(void) {
  struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_groups = 1};
  CHECK("socket bind", "as udev does");
  int fd = nl_open(NETLINK_KOBJECT_UEVENT);
  R(bind(fd, (void *)&a, sizeof a));
  int size = 1 << 20, on = 1;
  R(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
  R(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  CHECK("recvfrom poll", "nothing happens");
  struct pollfd p = {.fd = fd, .events = POLLIN};
  R(poll(&p, 1, 20));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("bind", "for everybody");
  NEED(setuid(12345));
  fd = nl_open(NETLINK_KOBJECT_UEVENT);
  R(bind(fd, (void *)&a, sizeof a));
  return 0;
}
