// tags: network
// UDP sockets as ss(8) asks for them.
#include "diag.h"

static unsigned inodes[3];
static void show(const struct nlmsghdr *h) {
  const struct inet_diag_msg *m = NLMSG_DATA(h);
  for (int i = 0; i < 3; i++)
    if (m->idiag_inode == inodes[i])
      say("socket %d: family %d state %d peer %s", i, m->idiag_family, m->idiag_state,
          m->id.idiag_dport ? "yes" : "no");
}

int main(void) {
  struct sockaddr_in a, b;
  int one = bound(SOCK_DGRAM, &a), two = bound(SOCK_DGRAM, &b);
  NEED(connect(two, (void *)&a, sizeof a));
  int six = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  struct sockaddr_in6 c = {.sin6_family = AF_INET6};
  NEED(bind(six, (void *)&c, sizeof c));
  inodes[0] = inode_of(one);
  inodes[1] = inode_of(two);
  inodes[2] = inode_of(six);
  int fd = nl_open(NETLINK_SOCK_DIAG);
  CHECK("sendto recvfrom", "unconnected");
  struct inet_diag_req_v2 r = inet_request(AF_INET, IPPROTO_UDP, 1 << 7);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "connected");
  r.idiag_states = 1 << 1;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "of IPv6");
  r = inet_request(AF_INET6, IPPROTO_UDP, ~0u);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "by port");
  r = inet_request(AF_INET, IPPROTO_UDP, ~0u);
  r.id.idiag_sport = a.sin_port;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  return 0;
}
