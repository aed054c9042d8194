// tags: network
// UDP on the loopback device.
#include "inet.h"

int main(void) {
  char data[100];
  struct sockaddr_storage from;
  socklen_t length;
  CHECK("sendto recvfrom", "a message with its sender's address");
  int a = NEED(socket(AF_INET, SOCK_DGRAM, 0)), b = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind4(a, "127.0.0.1", 7200));
  R(send4(b, "hello", "127.0.0.1", 7200));
  length = sizeof from;
  R(recvfrom(a, data, 100, 0, (void *)&from, &length));
  say("from %s, length %d", address_text(&from), (int)length);
  say_names("sender", b);
  CHECK("recvfrom(MSG_PEEK|MSG_TRUNC)", "a message that does not fit");
  R(send4(b, "0123456789", "127.0.0.1", 7200));
  R(recv(a, data, 4, MSG_PEEK));
  R(recv(a, data, 4, MSG_PEEK | MSG_TRUNC));
  int n = 0;
  R(ioctl(a, FIONREAD, &n));
  say("%d", n);
  R(recv(a, data, 4, 0));
  R(recv(a, data, 4, MSG_DONTWAIT));
  R(ioctl(a, FIONREAD, &n));
  say("%d", n);
  CHECK("recvmsg", "flags of a message that does not fit");
  R(send4(b, "0123456789", "127.0.0.1", 7200));
  struct iovec part = {data, 4};
  struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1};
  R(recvmsg(a, &m, 0));
  say("flags %#x, from %s, length %d", m.msg_flags, address_text(&from), (int)m.msg_namelen);
  CHECK("sendto", "empty messages");
  R(send4(b, "", "127.0.0.1", 7200));
  say_poll("receiver", a);
  R(recv(a, data, 100, MSG_DONTWAIT));
  R(recv(a, data, 100, MSG_DONTWAIT));
  CHECK("sendto", "without an address, and bad ones");
  int c = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  R(send(c, "x", 1, 0));
  R(send4(c, "x", "127.0.0.1", 0));
  R(send4(c, "x", "192.0.2.1", 7));
  R(send4(c, "x", "127.255.255.255", 7));
  struct sockaddr_in address = at4("127.0.0.1", 7200);
  R(sendto(c, "x", 1, 0, (void *)&address, 8));
  address.sin_family = AF_UNIX;
  R(sendto(c, "x", 1, 0, (void *)&address, sizeof address));
  CHECK("sendto", "too long a message");
  static char big[70000];
  address = at4("127.0.0.1", 7200);
  R(sendto(c, big, 65508, 0, (void *)&address, sizeof address));
  R(sendto(c, big, 70000, 0, (void *)&address, sizeof address));
  R(sendto(c, big, 65507, 0, (void *)&address, sizeof address));
  R(recv(a, big, sizeof big, 0));
  CHECK("connect", "a datagram socket hears its peer only");
  int p = NEED(socket(AF_INET, SOCK_DGRAM, 0)), q = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind4(p, "127.0.0.1", 7210));
  NEED(bind4(q, "127.0.0.1", 7211));
  OK(connect4(p, "127.0.0.1", 7211));
  say_names("connected", p);
  R(send4(b, "stranger", "127.0.0.1", 7210));
  R(send4(q, "friend", "127.0.0.1", 7210));
  R(recv(p, data, 100, MSG_DONTWAIT));
  R(recv(p, data, 100, MSG_DONTWAIT));
  R(send(p, "to friend", 9, 0));
  R(recv(q, data, 100, MSG_DONTWAIT));
  R(send4(p, "elsewhere", "127.0.0.1", 7200));
  R(recv(a, data, 100, MSG_DONTWAIT));
  CHECK("connect(AF_UNSPEC)", "a datagram socket is free again");
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  OK(connect(p, &none, sizeof none));
  say_names("free", p);
  R(send(p, "x", 1, 0));
  CHECK("sendto", "nobody there, and the sender is connected");
  int d = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  OK(connect4(d, "127.0.0.1", 7299));
  R(send(d, "x", 1, 0));
  say_poll("refused", d);
  R(send(d, "x", 1, 0));
  R(send(d, "x", 1, 0));
  R(so_error(d));
  R(recv(d, data, 1, MSG_DONTWAIT));
  CHECK("sendto", "nobody there, and the sender is not connected");
  R(send4(c, "x", "127.0.0.1", 7299));
  R(send4(c, "x", "127.0.0.1", 7299));
  R(so_error(c));
  CHECK("shutdown", "a datagram socket");
  R(shutdown(c, SHUT_RD));
  int e = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(connect4(e, "127.0.0.1", 7200));
  R(shutdown(e, SHUT_WR));
  R(send(e, "x", 1, MSG_NOSIGNAL));
  R(shutdown(e, SHUT_RD));
  say_poll("both", e);
  R(recv(e, data, 1, 0));
  CHECK("bind setsockopt(SO_REUSEADDR)", "the newest gets the messages");
  int one = NEED(socket(AF_INET, SOCK_DGRAM, 0)), two = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  R(set_option(one, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(one, "127.0.0.1", 7220));
  R(bind4(two, "127.0.0.1", 7220));
  R(set_option(two, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(two, "127.0.0.1", 7220));
  R(send4(b, "who", "127.0.0.1", 7220));
  R(recv(one, data, 100, MSG_DONTWAIT));
  R(recv(two, data, 100, MSG_DONTWAIT));
  CHECK("sendmmsg recvmmsg", "many messages in one call");
  struct mmsghdr out[3], in[3];
  struct iovec parts[6];
  char room[3][20];
  memset(out, 0, sizeof out);
  memset(in, 0, sizeof in);
  address = at4("127.0.0.1", 7200);
  for (int i = 0; i < 3; i++) {
    parts[i] = (struct iovec){"message" + i, 7 - i};
    parts[3 + i] = (struct iovec){room[i], 20};
    out[i].msg_hdr = (struct msghdr){
        .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = parts + i, .msg_iovlen = 1};
    in[i].msg_hdr = (struct msghdr){.msg_iov = parts + 3 + i, .msg_iovlen = 1};
  }
  R(sendmmsg(b, out, 3, 0));
  R(recvmmsg(a, in, 3, 0, NULL));
  say("%u %u %u; %.7s %.6s %.5s", in[0].msg_len, in[1].msg_len, in[2].msg_len, room[0], room[1], room[2]);
  CHECK("recvmsg(IP_PKTINFO)", "where a message was sent to");
  int w = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind4(w, "0.0.0.0", 7230));
  OK(set_option(w, IPPROTO_IP, IP_PKTINFO, 1));
  OK(set_option(w, IPPROTO_IP, IP_RECVTTL, 1));
  OK(set_option(w, IPPROTO_IP, IP_RECVTOS, 1));
  OK(set_option(b, IPPROTO_IP, IP_TOS, 0x10));
  R(send4(b, "where", "127.0.0.9", 7230));
  char control[200];
  m = (struct msghdr){
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  R(recvmsg(w, &m, 0));
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
    say("level %d type %d length %d", h->cmsg_level, h->cmsg_type, (int)h->cmsg_len);
    if (h->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo *info = (void *)CMSG_DATA(h);
      say("interface %d, to %s", info->ipi_ifindex, inet_ntoa(info->ipi_addr));
    } else if (h->cmsg_type == IP_TTL)
      say("ttl %d", *(int *)CMSG_DATA(h));
    else
      say("tos %#x", *CMSG_DATA(h));
  }
  return 0;
}
