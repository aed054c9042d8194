// tags: network
// Which sockets of AF_NETLINK there are.
#include "netlink.h"

int main(void) {
  CHECK("socket", "protocols of netlink that there are");
  OK(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  OK(socket(AF_NETLINK, SOCK_DGRAM, NETLINK_USERSOCK));
  OK(socket(AF_NETLINK, SOCK_DGRAM, NETLINK_SOCK_DIAG));
  OK(socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT));
  CHECK("socket", "protocols that nobody has");
  R(socket(AF_NETLINK, SOCK_RAW, NETLINK_UNUSED));
  R(socket(AF_NETLINK, SOCK_RAW, NETLINK_FIREWALL));
  R(socket(AF_NETLINK, SOCK_RAW, 17));
  R(socket(AF_NETLINK, SOCK_RAW, 30));
  R(socket(AF_NETLINK, SOCK_RAW, 31));
  R(socket(AF_NETLINK, SOCK_RAW, 32));
  R(socket(AF_NETLINK, SOCK_RAW, 1000));
  R(socket(AF_NETLINK, SOCK_RAW, -1));
  CHECK("socket", "types of socket");
  R(socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE));
  R(socket(AF_NETLINK, SOCK_SEQPACKET, NETLINK_ROUTE));
  R(socket(AF_NETLINK, SOCK_RDM, NETLINK_ROUTE));
  CHECK("getsockopt(SO_TYPE) getsockopt(SO_DOMAIN) getsockopt(SO_PROTOCOL)", "what a socket says of itself");
  int fd = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_SOCK_DIAG), value = 0;
  socklen_t length = sizeof value;
  getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length);
  say("type %d", value);
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &value, &length);
  say("domain %d", value);
  getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &value, &length);
  say("protocol %d", value);
  CHECK("listen accept socketpair shutdown", "what netlink sockets cannot do");
  int pair[2];
  R(listen(fd, 1));
  R(accept(fd, NULL, NULL));
  R(shutdown(fd, SHUT_RD));
  R(socketpair(AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE, pair));
  return 0;
}
