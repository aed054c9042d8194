// tags: network
// Netlink sockets as ss(8) asks for them.
#include "diag.h"

#include <linux/netlink_diag.h>

static unsigned inode;
static void show(const struct nlmsghdr *h) {
  const struct netlink_diag_msg *m = NLMSG_DATA(h);
  if (m->ndiag_portid == 0 || m->ndiag_ino != inode) return;
  say("type %d protocol %d state %d port %u to %u", m->ndiag_type, m->ndiag_protocol, m->ndiag_state,
      m->ndiag_portid, m->ndiag_dst_portid);
}
static int kernels;
static void count(const struct nlmsghdr *h) {
  const struct netlink_diag_msg *m = NLMSG_DATA(h);
  if (m->ndiag_portid == 0) kernels++;
}

int main(void) {
  int fd = nl_open(NETLINK_SOCK_DIAG), other = nl_open(NETLINK_USERSOCK);
  struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_pid = 70001},
                     b = {.nl_family = AF_NETLINK, .nl_pid = 70002};
  NEED(bind(other, (void *)&a, sizeof a));
  NEED(connect(other, (void *)&b, sizeof b));
  inode = inode_of(other);
  CHECK("sendto recvfrom", "all of a protocol");
  struct netlink_diag_req r = {
      .sdiag_family = AF_NETLINK, .sdiag_protocol = NETLINK_USERSOCK, .ndiag_show = NDIAG_SHOW_GROUPS};
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "of all protocols");
  r.sdiag_protocol = NDIAG_PROTO_ALL;
  r.ndiag_show = 0;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  T(nl_dump(fd, show) >= 2);
  CHECK("sendto recvfrom", "the kernel has a socket of its own");
  r.sdiag_protocol = NETLINK_ROUTE;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, count));
  say("%d", kernels);
  CHECK("sendto recvfrom", "protocols that there are not");
  r.sdiag_protocol = 33;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  nl_try(fd, "33");
  return 0;
}
