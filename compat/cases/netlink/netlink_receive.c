// tags: network
// Reading answers: peeking, cutting, waiting, readiness.
#include "netlink.h"

static short ready(int fd) {
  struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT | POLLPRI};
  poll(&p, 1, 0);
  return p.revents;
}

int main(void) {
  struct rtgenmsg body = {.rtgen_family = AF_UNSPEC};
  int fd = nl_open(NETLINK_ROUTE);
  nl_begin(RTM_GETNSID, NLM_F_DUMP, &body, sizeof body);
  int length = ((struct nlmsghdr *)request)->nlmsg_len;
  CHECK("poll recvfrom(MSG_DONTWAIT)", "before there is anything");
  say("%#x", ready(fd));
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("recvfrom(MSG_PEEK)", "looking does not take");
  R(send(fd, request, length, 0));
  say("%#x", ready(fd));
  R(recv(fd, reply, sizeof reply, MSG_PEEK));
  R(recv(fd, reply, 4, MSG_PEEK));
  R(recv(fd, reply, 4, MSG_PEEK | MSG_TRUNC));
  R(recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC));
  R(recv(fd, reply, sizeof reply, 0));
  say("%#x", ready(fd));
  CHECK("recvmsg", "what has no room is cut off");
  R(send(fd, request, length, 0));
  struct iovec part = {reply, 10};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
  R(recvmsg(fd, &m, 0));
  say("flags %#x", m.msg_flags);
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  CHECK("read write", "a socket is a file, too");
  R(write(fd, request, length));
  R(read(fd, reply, sizeof reply));
  CHECK("recvfrom(MSG_OOB) sendto(MSG_OOB)", "nothing is urgent");
  R(send(fd, request, length, MSG_OOB));
  R(recv(fd, reply, sizeof reply, MSG_OOB));
  CHECK("recvfrom setsockopt(SO_RCVTIMEO)", "a wait that ends");
  struct timeval soon = {.tv_usec = 20000};
  NEED(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
  R(recv(fd, reply, sizeof reply, 0));
  CHECK("sendto", "too long, and nothing");
  static char big[1 << 20];
  R(send(fd, big, sizeof big, 0));
  R(send(fd, "", 0, 0));
  return 0;
}
