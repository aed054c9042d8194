// tags: network
// Lengths of datagrams: nothing, too much, and more than the receiver has room for.
#include "net.h"

static char large[70000];

int main(void) {
  int a = udp4("127.0.0.1", 7340), b = udp4("127.0.0.1", 7341);
  NEED(connect4(a, "127.0.0.1", 7341));
  CHECK("sendto recvfrom", "an empty message");
  R(send(a, NULL, 0, 0));
  settle();
  say_poll("readable", b);
  R(count_ioctl(b, FIONREAD));
  R(recv(b, large, 10, 0));
  R(recv(b, large, 10, 0));
  CHECK("write read", "an empty write");
  R(write(a, "", 0));
  settle();
  R(count_ioctl(b, FIONREAD));
  R(read(b, large, 10));
  R(read(b, large, 10));
  CHECK("sendto", "the longest, and longer");
  NEED(set_option(b, SOL_SOCKET, SO_RCVBUF, 200000));
  NEED(set_option(a, SOL_SOCKET, SO_SNDBUF, 200000));
  R(send(a, large, 65507, 0));
  R(send(a, large, 65508, 0));
  R(send(a, large, 65536, 0));
  settle();
  R(count_ioctl(b, FIONREAD));
  R(recv(b, large, sizeof large, 0));
  CHECK("recvfrom recvmsg(MSG_TRUNC)", "less room than bytes");
  R(send(a, "0123456789", 10, 0));
  R(send(a, "0123456789", 10, 0));
  R(send(a, "0123456789", 10, 0));
  settle();
  R(recv(b, large, 4, MSG_PEEK));
  R(recv(b, large, 4, MSG_PEEK | MSG_TRUNC));
  R(recv(b, large, 4, 0));
  R(recv(b, large, 4, MSG_TRUNC));
  struct iovec parts[3] = {{large, 2}, {NULL, 0}, {large + 10, 3}};
  struct msghdr m = {.msg_iov = parts, .msg_iovlen = 3};
  R(recvmsg(b, &m, 0));
  say("flags %#x, %.2s %.3s", m.msg_flags, large, large + 10);
  CHECK("recvfrom", "no room at all");
  R(send(a, "abc", 3, 0));
  settle();
  R(recv(b, large, 0, 0));
  R(recv(b, large, 1, 0));
  CHECK("sendto recvfrom", "IPv6 has more room");
  int c = udp6("::1", 7342), d = udp6("::1", 7343);
  NEED(set_option(d, SOL_SOCKET, SO_RCVBUF, 200000));
  NEED(set_option(c, SOL_SOCKET, SO_SNDBUF, 200000));
  NEED(connect6(c, "::1", 7343));
  R(send(c, large, 65527, 0));
  R(send(c, large, 65528, 0));
  settle();
  R(recv(d, large, sizeof large, 0));
  CHECK("recvfrom", "addresses of every length");
  R(send(a, "abc", 3, 0));
  struct sockaddr_in from;
  memset(&from, 0xee, sizeof from);
  socklen_t length = 5;
  R(recvfrom(b, large, 10, MSG_PEEK, (void *)&from, &length));
  say("%d, %02x %02x", (int)length, ((unsigned char *)&from)[3], ((unsigned char *)&from)[5]);
  length = -1;
  R(recvfrom(b, large, 10, MSG_PEEK, (void *)&from, &length));
  R(recvfrom(b, large, 10, MSG_PEEK, (void *)&from, NULL));
  R(recvfrom(b, large, 10, 0, NULL, &length));
  return 0;
}
