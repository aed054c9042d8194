// tags: network
// One TCP socket by its addresses.
#include "diag.h"

int main(void) {
  struct sockaddr_in a;
  int listener = bound(SOCK_STREAM, &a);
  NEED(listen(listener, 5));
  int client = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect(client, (void *)&a, sizeof a));
  struct sockaddr_in me;
  socklen_t length = sizeof me;
  NEED(getsockname(client, (void *)&me, &length));
  int fd = nl_open(NETLINK_SOCK_DIAG);
  struct inet_diag_req_v2 r = inet_request(AF_INET, IPPROTO_TCP, ~0u);
  r.id.idiag_sport = me.sin_port;
  r.id.idiag_dport = a.sin_port;
  r.id.idiag_src[0] = r.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
  r.id.idiag_cookie[0] = r.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  CHECK("sendto recvfrom", "a connection");
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof r);
  T(nl_ask(fd) > 0);
  struct inet_diag_msg *m = NLMSG_DATA((struct nlmsghdr *)reply);
  say("%s, state %d", nl_error(), m->idiag_state);
  T(m->idiag_inode == inode_of(client));
  T(m->id.idiag_sport == me.sin_port && m->id.idiag_dport == a.sin_port);
  CHECK("sendto recvfrom", "with its cookie");
  memcpy(r.id.idiag_cookie, m->id.idiag_cookie, sizeof r.id.idiag_cookie);
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof r);
  nl_try(fd, "right");
  r.id.idiag_cookie[0] ^= 0x1000000;
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof r);
  nl_try(fd, "wrong");
  CHECK("sendto recvfrom", "a listener");
  r = inet_request(AF_INET, IPPROTO_TCP, ~0u);
  r.id.idiag_sport = a.sin_port;
  r.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
  r.id.idiag_cookie[0] = r.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof r);
  T(nl_ask(fd) > 0);
  say("%s, state %d", nl_error(), m->idiag_state);
  CHECK("sendto recvfrom", "nobody");
  r.id.idiag_sport = htons(1);
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof r);
  nl_try(fd, "port 1");
  r.id.idiag_sport = a.sin_port;
  r.id.idiag_dport = htons(1);
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof r);
  nl_try(fd, "to port 1");
  return 0;
}
