// tags: network
// What comes beside a message: NETLINK_PKTINFO and credentials.
#include "netlink.h"

static void receive(int fd) {
  char control[256];
  struct iovec part = {reply, sizeof reply};
  struct sockaddr_nl from;
  struct msghdr m = {&from, sizeof from, &part, 1, control, sizeof control, 0};
  long n = recvmsg(fd, &m, MSG_DONTWAIT);
  if (n < 0) {
    say("nothing: %s", errno_name(errno));
    return;
  }
  say("from port %s, groups %#x, flags %#x", from.nl_pid ? "of a program" : "0", from.nl_groups, m.msg_flags);
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    if (c->cmsg_level == SOL_NETLINK)
      say("level netlink, type %d, group %u", c->cmsg_type, *(unsigned *)CMSG_DATA(c));
    else if (c->cmsg_type == SCM_CREDENTIALS) {
      struct ucred *u = (void *)CMSG_DATA(c);
      say("credentials: pid %s, uid %u, gid %u",
          u->pid == getpid() ? "mine"
          : u->pid           ? "other"
                             : "0",
          u->uid, u->gid);
    }
  }
}

int main(void) {
  struct rtgenmsg body = {.rtgen_family = AF_UNSPEC};
  int on = 1;
  CHECK("recvmsg", "the kernel's answer says nothing more");
  int fd = nl_open(NETLINK_ROUTE);
  nl_begin(RTM_GETNSID, NLM_F_DUMP, &body, sizeof body);
  NEED(send(fd, request, ((struct nlmsghdr *)request)->nlmsg_len, 0));
  receive(fd);
  CHECK("recvmsg setsockopt(SO_PASSCRED)", "credentials of the kernel");
  NEED(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  NEED(send(fd, request, ((struct nlmsghdr *)request)->nlmsg_len, 0));
  receive(fd);
  CHECK("recvmsg setsockopt(NETLINK_PKTINFO)", "the group of a message");
  int user = nl_open(NETLINK_USERSOCK), other = nl_open(NETLINK_USERSOCK);
  struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_pid = 501, .nl_groups = 2};
  NEED(bind(user, (void *)&a, sizeof a));
  NEED(setsockopt(user, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  NEED(nl_set(user, NETLINK_PKTINFO, 1));
  a.nl_pid = 0;
  R(sendto(other, "x", 1, 0, (void *)&a, sizeof a));
  receive(user);
  CHECK("recvmsg sendto", "one that was sent to nobody else");
  a.nl_pid = 501;
  a.nl_groups = 0;
  R(sendto(other, "x", 1, 0, (void *)&a, sizeof a));
  receive(user);
  receive(user);
  return 0;
}
