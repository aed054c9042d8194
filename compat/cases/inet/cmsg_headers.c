// tags: network
// What of a packet's header can be set for one message, and seen by the receiver.
#include "net.h"

static ssize_t with(int fd, int level, int type, const void *value, size_t size) {
  char control[64] = "";
  struct iovec part = {"x", 1};
  struct msghdr m = {NULL, 0, &part, 1, control, CMSG_SPACE(size), 0};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  *c = (struct cmsghdr){CMSG_LEN(size), level, type};
  memcpy(CMSG_DATA(c), value, size);
  return sendmsg(fd, &m, 0);
}
static ssize_t with_int(int fd, int level, int type, int value) {
  return with(fd, level, type, &value, sizeof value);
}

int main(void) {
  int a = udp4("127.0.0.1", 7740), b = udp4("127.0.0.1", 7741);
  NEED(connect4(a, "127.0.0.1", 7741));
  CHECK("setsockopt(IP_RECVTTL|IP_RECVTOS) recvmsg", "first values, and those of the socket");
  NEED(set_option(b, IPPROTO_IP, IP_RECVTTL, 1));
  NEED(set_option(b, IPPROTO_IP, IP_RECVTOS, 1));
  NEED(send(a, "x", 1, 0));
  settle();
  say_message("plain", b, 0);
  NEED(set_option(a, IPPROTO_IP, IP_TTL, 9));
  NEED(set_option(a, IPPROTO_IP, IP_TOS, 0x11));
  NEED(send(a, "x", 1, 0));
  settle();
  say_message("options", b, 0);
  CHECK("sendmsg(IP_TTL|IP_TOS)", "of one message");
  R(with_int(a, IPPROTO_IP, IP_TTL, 33));
  settle();
  say_message("ttl", b, 0);
  R(with_int(a, IPPROTO_IP, IP_TOS, 0x22));
  settle();
  say_message("tos", b, 0);
  unsigned char byte = 5;
  R(with(a, IPPROTO_IP, IP_TOS, &byte, 1));
  settle();
  say_message("tos", b, 0);
  CHECK("sendmsg", "ancillary data that is wrong");
  R(with_int(a, IPPROTO_IP, IP_TTL, 0));
  R(with_int(a, IPPROTO_IP, IP_TTL, 256));
  R(with(a, IPPROTO_IP, IP_TTL, &byte, 1));
  R(with_int(a, IPPROTO_IP, 99, 1));
  R(with_int(a, IPPROTO_IPV6, IPV6_TCLASS, 1));
  R(with_int(a, SOL_SOCKET, 99, 1));
  R(with_int(a, 99, 99, 1));
  while (recv(b, &byte, 1, 0) >= 0) continue;
  CHECK("setsockopt(IP_RECVORIGDSTADDR) recvmsg", "where it was sent to");
  NEED(set_option(b, IPPROTO_IP, IP_RECVTTL, 0));
  NEED(set_option(b, IPPROTO_IP, IP_RECVTOS, 0));
  NEED(set_option(b, IPPROTO_IP, IP_RECVORIGDSTADDR, 1));
  NEED(send(a, "x", 1, 0));
  settle();
  say_message("destination", b, 0);
  CHECK("sendmsg recvmsg(IPV6_HOPLIMIT|IPV6_TCLASS)", "IPv6");
  int c = udp6("::1", 7742), d = udp6("::1", 7743);
  NEED(connect6(c, "::1", 7743));
  NEED(set_option(d, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1));
  NEED(set_option(d, IPPROTO_IPV6, IPV6_RECVTCLASS, 1));
  NEED(send(c, "x", 1, 0));
  settle();
  say_message("plain", d, 0);
  NEED(set_option(c, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 7));
  NEED(set_option(c, IPPROTO_IPV6, IPV6_TCLASS, 0x33));
  NEED(send(c, "x", 1, 0));
  settle();
  say_message("options", d, 0);
  R(with_int(c, IPPROTO_IPV6, IPV6_HOPLIMIT, 77));
  settle();
  say_message("hops", d, 0);
  R(with_int(c, IPPROTO_IPV6, IPV6_TCLASS, 0x44));
  settle();
  say_message("class", d, 0);
  R(with_int(c, IPPROTO_IPV6, IPV6_HOPLIMIT, 256));
  R(with_int(c, IPPROTO_IPV6, IPV6_TCLASS, -2));
  R(with_int(c, IPPROTO_IPV6, 99, 1));
  CHECK("recvmsg(MSG_CTRUNC)", "too little room");
  NEED(send(c, "x", 1, 0));
  settle();
  char control[CMSG_SPACE(4) + 4], text[10];
  struct iovec part = {text, 10};
  struct msghdr m = {NULL, 0, &part, 1, control, sizeof control, 0};
  R(recvmsg(d, &m, 0));
  say("%#x, %zu", m.msg_flags, m.msg_controllen);
  return 0;
}
