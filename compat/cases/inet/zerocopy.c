// tags: network
// MSG_ZEROCOPY: the error queue tells when the sender may use its buffer again.
#include "net.h"

static char block[1000];

static void notice(const char *label, int fd) {
  struct pollfd p = {fd, 0, 0};
  poll(&p, 1, 1000);
  char control[200];
  struct msghdr m = {.msg_control = control, .msg_controllen = sizeof control};
  ssize_t got = recvmsg(fd, &m, MSG_ERRQUEUE);
  if (got < 0) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  struct sock_extended_err *e = (void *)CMSG_DATA(c);
  say("%s: level %d type %d, errno %u origin %d code %d, from %u to %u, flags %#x", label, c->cmsg_level,
      c->cmsg_type, e->ee_errno, e->ee_origin, e->ee_code, e->ee_info, e->ee_data, m.msg_flags);
}

int main(void) {
  struct connection c = connection4(7760);
  CHECK("sendto(MSG_ZEROCOPY)", "nobody asked for it");
  R(send(c.client, block, 10, MSG_ZEROCOPY));
  settle();
  say_poll("client", c.client);
  CHECK("setsockopt(SO_ZEROCOPY) sendto(MSG_ZEROCOPY) recvmsg(MSG_ERRQUEUE)", "a stream");
  OK(set_option(c.client, SOL_SOCKET, SO_ZEROCOPY, 1));
  R(send(c.client, block, sizeof block, MSG_ZEROCOPY));
  settle();
  while (recv(c.server, block, sizeof block, MSG_DONTWAIT) > 0) continue;
  say_poll("client", c.client);
  notice("first", c.client);
  say_poll("client", c.client);
  R(so_error(c.client));
  R(send(c.client, block, sizeof block, 0));
  R(send(c.client, block, sizeof block, MSG_ZEROCOPY));
  settle();
  while (recv(c.server, block, sizeof block, MSG_DONTWAIT) > 0) continue;
  settle();
  notice("second", c.client);
  CHECK("recvmsg(MSG_ERRQUEUE)", "several in one word");
  for (int i = 0; i < 3; i++) {
    NEED(send(c.client, block, sizeof block, MSG_ZEROCOPY));
    settle();
    while (recv(c.server, block, sizeof block, MSG_DONTWAIT) > 0) continue;
    settle();
  }
  notice("third to fifth", c.client);
  CHECK("setsockopt(SO_ZEROCOPY) sendto(MSG_ZEROCOPY)", "datagrams");
  int u = udp4("127.0.0.1", 7761);
  NEED(connect4(u, "127.0.0.1", 7761));
  OK(set_option(u, SOL_SOCKET, SO_ZEROCOPY, 1));
  R(send(u, block, 500, MSG_ZEROCOPY));
  settle();
  R(recv(u, block, 600, 0));
  notice("datagram", u);
  return 0;
}
