// tags: network
// Ancillary data of datagrams, buffers that are full, and waits.
#include "inet.h"

static ssize_t send_with(int fd, const char *to, int port, int level, int type, const void *value,
                         int length) {
  char control[100] = {0};
  struct sockaddr_in address = at4(to, port);
  struct iovec part = {"x", 1};
  struct msghdr m = {.msg_name = &address,
                     .msg_namelen = sizeof address,
                     .msg_iov = &part,
                     .msg_iovlen = 1,
                     .msg_control = control,
                     .msg_controllen = CMSG_SPACE(length)};
  struct cmsghdr *h = CMSG_FIRSTHDR(&m);
  h->cmsg_level = level;
  h->cmsg_type = type;
  h->cmsg_len = CMSG_LEN(length);
  memcpy(CMSG_DATA(h), value, length);
  return sendmsg(fd, &m, 0);
}

int main(void) {
  char data[100];
  int r = NEED(socket(AF_INET, SOCK_DGRAM, 0)), s = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind4(r, "127.0.0.1", 8100));
  CHECK("sendmsg(IP_PKTINFO)", "says where a message comes from");
  struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(0x7f000007)};
  R(send_with(s, "127.0.0.1", 8100, IPPROTO_IP, IP_PKTINFO, &info, sizeof info));
  struct sockaddr_storage from;
  socklen_t length = sizeof from;
  R(recvfrom(r, data, 100, 0, (void *)&from, &length));
  say("from %s", address_text(&from));
  CHECK("sendmsg", "ancillary data that is refused");
  int value = 300;
  R(send_with(s, "127.0.0.1", 8100, IPPROTO_IP, IP_TTL, &value, sizeof value));
  R(send_with(s, "127.0.0.1", 8100, IPPROTO_IP, 9999, &value, sizeof value));
  R(send_with(s, "127.0.0.1", 8100, IPPROTO_IP, IP_PKTINFO, &value, sizeof value));
  R(send_with(s, "127.0.0.1", 8100, SOL_SOCKET, 9999, &value, sizeof value));
  CHECK("sendmsg recvmsg(IP_TTL)", "for one message");
  NEED(set_option(r, IPPROTO_IP, IP_RECVTTL, 1));
  NEED(set_option(r, IPPROTO_IP, IP_RECVTOS, 1));
  value = 9;
  R(send_with(s, "127.0.0.1", 8100, IPPROTO_IP, IP_TTL, &value, sizeof value));
  char control[100];
  struct iovec part = {data, 100};
  struct msghdr m = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  R(recvmsg(r, &m, 0));
  say("ttl %d", *(int *)CMSG_DATA(CMSG_FIRSTHDR(&m)));
  CHECK("recvmsg", "too little room for ancillary data");
  R(send4(s, "x", "127.0.0.1", 8100));
  m.msg_controllen = 18;
  R(recvmsg(r, &m, 0));
  say("flags %#x, used %d", m.msg_flags, (int)m.msg_controllen);
  CHECK("sendto", "a full receiver loses messages, and its sender does not wait");
  NEED(set_option(r, SOL_SOCKET, SO_RCVBUF, 4096));
  long sent = 0, got = 0;
  for (int i = 0; i < 1000; i++) sent += send4(s, "0123456789", "127.0.0.1", 8100) == 10;
  while (recv(r, data, 100, MSG_DONTWAIT) == 10) got++;
  say("sent %ld", sent);
  T(got > 0 && got < 100);
  CHECK("recvfrom", "a wait that a message ends");
  pid_t child = CHILD(sleep_ms(20); NEED(send4(s, "wake", "127.0.0.1", 8100)));
  R(recv(r, data, 100, 0));
  reap("child", child);
  CHECK("recvfrom setsockopt(SO_RCVTIMEO)", "a wait that ends by itself");
  struct timeval time = {0, 30000};
  NEED(setsockopt(r, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
  R(recv(r, data, 100, 0));
  CHECK("recvfrom", "a refusal ends a wait");
  int c = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(connect4(c, "127.0.0.1", 8199));
  child = CHILD(sleep_ms(20); NEED(send(c, "x", 1, 0)));
  R(recv(c, data, 100, 0));
  reap("child", child);
  CHECK("recvmmsg", "a time, and what is there");
  NEED(send4(s, "one", "127.0.0.1", 8100));
  NEED(send4(s, "two", "127.0.0.1", 8100));
  struct mmsghdr in[3];
  memset(in, 0, sizeof in);
  for (int i = 0; i < 3; i++) in[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
  R(recvmmsg(r, in, 3, MSG_DONTWAIT, NULL));
  R(recvmmsg(r, in, 3, MSG_DONTWAIT, NULL));
  CHECK("sendto setsockopt(SO_BROADCAST)", "a broadcast");
  int b = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind4(b, "0.0.0.0", 8101));
  R(send4(s, "all", "127.255.255.255", 8101));
  NEED(set_option(s, SOL_SOCKET, SO_BROADCAST, 1));
  R(send4(s, "all", "127.255.255.255", 8101));
  R(recv(b, data, 100, MSG_DONTWAIT));
  CHECK("sendto", "to itself");
  NEED(connect4(b, "127.0.0.1", 8101));
  R(send(b, "me", 2, 0));
  R(recv(b, data, 100, MSG_DONTWAIT));
  CHECK("close bind", "a port is free again");
  NEED(close(b));
  OK(bind4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "127.0.0.1", 8101));
  return 0;
}
