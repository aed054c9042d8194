// tags: network
// TCP sockets as ss(8) asks for them.
#include "diag.h"

static unsigned inodes[3], port, client_port;

static void show(const struct nlmsghdr *h) {
  const struct inet_diag_msg *m = NLMSG_DATA(h);
  unsigned inode = m->idiag_inode;
  const char *who = inode == inodes[0]   ? "listener"
                    : inode == inodes[1] ? "client"
                    : inode == inodes[2] ? "server"
                                         : "?";
  unsigned from = ntohs(m->id.idiag_sport), to = ntohs(m->id.idiag_dport);
  char ip[64];
  inet_ntop(AF_INET, m->id.idiag_src, ip, sizeof ip);
  say("%s: family %d state %d timer %d from %s:%s to %s, %u read, %u written, uid %u", who, m->idiag_family,
      m->idiag_state, m->idiag_timer, ip,
      from == port          ? "server"
      : from == client_port ? "client"
                            : "?",
      to == port          ? "server"
      : to == client_port ? "client"
      : to                ? "?"
                          : "nobody",
      m->idiag_rqueue, m->idiag_wqueue, m->idiag_uid);
}

int main(void) {
  struct sockaddr_in a;
  socklen_t length = sizeof a;
  int listener = bound(SOCK_STREAM, &a);
  NEED(listen(listener, 5));
  port = ntohs(a.sin_port);
  int client = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect(client, (void *)&a, sizeof a));
  struct sockaddr_in me;
  NEED(getsockname(client, (void *)&me, &length));
  client_port = ntohs(me.sin_port);
  int server = NEED(accept(listener, NULL, NULL));
  NEED(write(client, "0123456789", 10));
  NEED(write(server, "012", 3));
  char byte;
  NEED(recv(client, &byte, 1, MSG_PEEK));
  NEED(recv(server, &byte, 1, MSG_PEEK));
  inodes[0] = inode_of(listener);
  inodes[1] = inode_of(client);
  inodes[2] = inode_of(server);
  int fd = nl_open(NETLINK_SOCK_DIAG);
  CHECK("sendto recvfrom", "listeners");
  struct inet_diag_req_v2 r = inet_request(AF_INET, IPPROTO_TCP, 1 << 10);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "the client's end");
  r = inet_request(AF_INET, IPPROTO_TCP, 1 << 1);
  r.id.idiag_dport = htons(port);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "the server's end");
  r.id.idiag_dport = htons(client_port);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom shutdown", "half closed");
  NEED(shutdown(client, SHUT_WR));
  struct pollfd p = {.fd = server, .events = POLLRDHUP};
  NEED(poll(&p, 1, 10000));
  r = inet_request(AF_INET, IPPROTO_TCP, 1 << 8);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  CHECK("sendto recvfrom", "no sockets of IPv6");
  r = inet_request(AF_INET6, IPPROTO_TCP, ~0u);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  return 0;
}
