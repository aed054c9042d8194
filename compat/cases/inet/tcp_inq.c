// tags: network
// TCP_INQ: how much is left to read comes with each message.
#include "net.h"

static void take(int fd, size_t room) {
  char data[100], control[100];
  struct iovec part = {data, room};
  struct msghdr m = {NULL, 0, &part, 1, control, sizeof control, 0};
  ssize_t got = recvmsg(fd, &m, MSG_DONTWAIT);
  if (got < 0) {
    say("%s", errno_name(errno));
    return;
  }
  say("%zd bytes", got);
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
    say("level %d type %d: %d", c->cmsg_level, c->cmsg_type, *(int *)CMSG_DATA(c));
}

int main(void) {
  struct connection c = connection4(7410);
  CHECK("setsockopt(TCP_INQ) recvmsg", "bytes left");
  R(set_option(c.server, IPPROTO_TCP, TCP_INQ, 2));
  OK(set_option(c.server, IPPROTO_TCP, TCP_INQ, 1));
  NEED(send(c.client, "0123456789", 10, 0));
  settle();
  take(c.server, 4);
  take(c.server, 6);
  take(c.server, 6);
  CHECK("setsockopt(TCP_INQ) recvmsg", "the end counts as one");
  NEED(send(c.client, "ab", 2, 0));
  NEED(shutdown(c.client, SHUT_WR));
  settle();
  take(c.server, 2);
  take(c.server, 2);
  return 0;
}
