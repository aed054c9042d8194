// tags: network
// Raw sockets of ICMP see every message.
#include "net.h"

#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>

struct icmp_filter {
  unsigned data;
};
#define ICMP_FILTER 1

static unsigned short sum(const void *data, int length) {
  const unsigned short *p = data;
  unsigned total = 0;
  for (; length > 1; length -= 2) total += *p++;
  while (total >> 16) total = (total & 0xffff) + (total >> 16);
  return ~total;
}
static ssize_t ping(int fd, const char *ip, int sequence, int good) {
  struct icmphdr m = {.type = ICMP_ECHO, .un.echo = {.id = htons(7), .sequence = htons(sequence)}};
  struct sockaddr_in to = at4(ip, 0);
  m.checksum = sum(&m, sizeof m) + !good;
  return sendto(fd, &m, sizeof m, 0, (void *)&to, sizeof to);
}
static void seen(const char *label, int fd) {
  char data[600];
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  ssize_t got = recvfrom(fd, data, sizeof data, 0, (void *)&from, &length);
  if (got < 0) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  struct iphdr *ip = (void *)data;
  struct icmphdr *m = (void *)(data + ip->ihl * 4);
  say("%s: %zd bytes, version %d, header %d, length %d, ttl %d, protocol %d, type %d code %d, from %s:%d, "
      "sum %s",
      label, got, ip->version, ip->ihl, ntohs(ip->tot_len), ip->ttl, ip->protocol, m->type, m->code,
      inet_ntoa(from.sin_addr), ntohs(from.sin_port), sum(data, 20) == 0 ? "right" : "wrong");
}

int main(void) {
  int fd = NEED(socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP));
  CHECK("socket(SOCK_RAW) sendto recvfrom", "request and answer");
  R(ping(fd, "127.0.0.1", 1, 1));
  settle();
  seen("request", fd);
  seen("answer", fd);
  seen("nothing", fd);
  CHECK("sendto", "a wrong checksum is not answered");
  R(ping(fd, "127.0.0.1", 2, 0));
  settle();
  seen("request", fd);
  seen("nothing", fd);
  CHECK("setsockopt(ICMP_FILTER)", "types that are not wanted");
  struct icmp_filter filter = {~(1U << ICMP_ECHOREPLY)}, got;
  OK(setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter));
  socklen_t length = sizeof got;
  R(getsockopt(fd, SOL_RAW, ICMP_FILTER, &got, &length));
  say("%#x, %d", got.data, (int)length);
  R(ping(fd, "127.0.0.5", 3, 1));
  settle();
  seen("answer", fd);
  seen("nothing", fd);
  CHECK("setsockopt(IP_TTL) connect sendto bind", "options and addresses");
  int b = NEED(socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP));
  R(bind4(b, "127.0.0.3", 9));
  say_names("bound", b);
  R(set_option(fd, IPPROTO_IP, IP_TTL, 7));
  R(ping(fd, "127.0.0.3", 4, 1));
  R(ping(fd, "127.0.0.4", 5, 1));
  settle();
  seen("bound", b);
  seen("bound", b);
  R(connect4(b, "127.0.0.9", 0));
  say_names("connected", b);
  R(bind4(b, "192.0.2.1", 0));
  CHECK("sendto", "nobody has the port: raw sockets see that too");
  filter.data = 0;
  while (recv(fd, &got, 4, 0) >= 0) continue;
  OK(setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter));
  R(send4(udp4("127.0.0.1", 7380), "hello", "127.0.0.1", 7381));
  settle();
  seen("unreachable", fd);
  CHECK("socket(SOCK_RAW) recvfrom", "IPv6 comes without the packet's header");
  int s = NEED(socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMPV6));
  struct icmp6_hdr request = {.icmp6_type = ICMP6_ECHO_REQUEST}, reply = {0};
  struct sockaddr_in6 to = at6("::1", 0);
  R(sendto(s, &request, sizeof request, 0, (void *)&to, sizeof to));
  settle();
  R(recv(s, &reply, sizeof reply, 0));
  say("type %d", reply.icmp6_type);
  R(recv(s, &reply, sizeof reply, 0));
  say("type %d", reply.icmp6_type);
  struct icmp6_filter f6;
  ICMP6_FILTER_SETBLOCKALL(&f6);
  ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &f6);
  OK(setsockopt(s, IPPROTO_ICMPV6, ICMP6_FILTER, &f6, sizeof f6));
  R(sendto(s, &request, sizeof request, 0, (void *)&to, sizeof to));
  settle();
  R(recv(s, &reply, sizeof reply, 0));
  say("type %d", reply.icmp6_type);
  R(recv(s, &reply, sizeof reply, 0));
  CHECK("socket(SOCK_RAW)", "without CAP_NET_RAW");
  NEED(setuid(12345));
  R(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
  R(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
  R(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
  R(socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
  R(socket(AF_PACKET, SOCK_DGRAM, 0));
  return 0;
}
