// tags: network
// A list that is longer than a message comes in parts, made while they are read.
#include "diag.h"

int main(void) {
  static unsigned inodes[400];
  struct sockaddr_in a;
  for (int i = 0; i < 400; i++) inodes[i] = inode_of(bound(SOCK_DGRAM, &a));
  int fd = nl_open(NETLINK_SOCK_DIAG);
  CHECK("sendto recvfrom", "every socket once");
  struct inet_diag_req_v2 r = inet_request(AF_INET, IPPROTO_UDP, ~0u);
  struct nlmsghdr *h = nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  NEED(send(fd, request, h->nlmsg_len, 0));
  int parts = 0, known = 0, rows = 0, done = 0, other = 0;
  while (!done) {
    int left = NEED(recv(fd, reply, 8192, 0));
    parts++;
    for (h = (void *)reply; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
      if (h->nlmsg_type == NLMSG_DONE) {
        done = 1;
        break;
      }
      other += h->nlmsg_seq != 42 || !(h->nlmsg_flags & NLM_F_MULTI);
      const struct inet_diag_msg *m = NLMSG_DATA(h);
      rows++;
      for (int i = 0; i < 400; i++) known += m->idiag_inode == inodes[i];
    }
  }
  T(parts > 3);
  say("%d rows, %d known, %d others", rows, known, other);
  CHECK("recvfrom(MSG_DONTWAIT)", "nothing after the end");
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("sendto recvfrom", "another list must wait until the first is read");
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  h = (void *)request;
  NEED(send(fd, request, h->nlmsg_len, 0));
  NEED(send(fd, request, h->nlmsg_len, 0));
  int busy = 0;
  for (done = 0; !done;) {
    int left = NEED(recv(fd, reply, sizeof reply, 0));
    for (h = (void *)reply; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
      if (h->nlmsg_type == NLMSG_ERROR) busy += *(int *)NLMSG_DATA(h) == -EBUSY;
      if (h->nlmsg_type == NLMSG_DONE) done = 1;
    }
  }
  say("%d", busy);
  CHECK("close sendto", "a list that nobody reads to its end");
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  h = (void *)request;
  NEED(send(fd, request, h->nlmsg_len, 0));
  R(close(fd));
  fd = nl_open(NETLINK_SOCK_DIAG);
  say("%d", nl_dump(fd, NULL));
  return 0;
}
