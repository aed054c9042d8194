// tags: network
// UDP_CORK and MSG_MORE put a message together from several calls.
#include "net.h"

#include <netinet/udp.h>

int main(void) {
  int a = udp4("127.0.0.1", 7330), b = udp4("127.0.0.1", 7331), other = udp4("127.0.0.1", 7332);
  CHECK("sendto(MSG_MORE)", "until a call without it");
  struct sockaddr_in to = at4("127.0.0.1", 7331), elsewhere = at4("127.0.0.1", 7332);
  R(sendto(a, "one ", 4, MSG_MORE, (void *)&to, sizeof to));
  settle();
  say_recv("not yet", b, 0);
  R(sendto(a, "two ", 4, MSG_MORE, (void *)&elsewhere, sizeof elsewhere));
  R(send(a, "three", 5, 0));
  settle();
  say_message("whole", b, 0);
  say_recv("other", other, 0);
  CHECK("setsockopt(UDP_CORK) sendto", "until the cork is out");
  R(option(a, IPPROTO_UDP, UDP_CORK));
  OK(set_option(a, IPPROTO_UDP, UDP_CORK, 5));
  R(option(a, IPPROTO_UDP, UDP_CORK));
  NEED(connect4(a, "127.0.0.1", 7331));
  R(send(a, "cork ", 5, 0));
  R(write(a, "and bottle", 10));
  settle();
  say_recv("not yet", b, 0);
  OK(set_option(a, IPPROTO_UDP, UDP_CORK, 0));
  settle();
  say_recv("whole", b, 0);
  CHECK("sendto(MSG_MORE)", "too much is lost");
  static char block[40000];
  R(send(a, block, sizeof block, MSG_MORE));
  R(send(a, block, sizeof block, MSG_MORE));
  R(send(a, "new", 3, 0));
  settle();
  say_recv("after", b, 0);
  CHECK("sendto(MSG_MORE) close", "what is left is not sent");
  int c = udp4("127.0.0.1", 7333);
  NEED(connect4(c, "127.0.0.1", 7331));
  R(send(c, "lost", 4, MSG_MORE));
  close(c);
  settle();
  say_recv("nothing", b, 0);
  CHECK("sendto(MSG_MORE)", "an empty end");
  R(send(a, "x", 1, MSG_MORE));
  R(send(a, "", 0, 0));
  settle();
  say_recv("whole", b, 0);
  CHECK("sendto(MSG_MORE) getsockname", "a socket without a name has one at once");
  int d = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  R(sendto(d, "y", 1, MSG_MORE, (void *)&to, sizeof to));
  say_names("unsent", d);
  CHECK("sendmsg sendmmsg", "several messages, not corked");
  struct iovec part[2] = {{"m1", 2}, {"m2", 2}};
  struct mmsghdr m[2] = {{{.msg_iov = part, .msg_iovlen = 1}, 0},
                         {{.msg_iov = part + 1, .msg_iovlen = 1}, 0}};
  R(sendmmsg(a, m, 2, 0));
  say("%d %d", m[0].msg_len, m[1].msg_len);
  settle();
  say_recv("first", b, 0);
  say_recv("second", b, 0);
  CHECK("getsockopt setsockopt(UDP_CORK)", "lengths, and other options");
  char byte = 1;
  R(setsockopt(a, IPPROTO_UDP, UDP_CORK, &byte, 1));
  R(set_option(a, IPPROTO_UDP, 9999, 1));
  R(option(a, IPPROTO_UDP, 9999));
  R(set_option(tcp4(), IPPROTO_UDP, UDP_CORK, 1));
  return 0;
}
