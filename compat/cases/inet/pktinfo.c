// tags: network
// IP_PKTINFO and IPV6_PKTINFO: the address that a message comes to, and the one that it leaves from.
#include "net.h"

static ssize_t from4(int fd, const char *ip, int index, const char *to, int port) {
  char control[CMSG_SPACE(sizeof(struct in_pktinfo))] = "";
  struct sockaddr_in address = at4(to, port);
  struct iovec part = {"x", 1};
  struct msghdr m = {&address, sizeof address, &part, 1, control, sizeof control, 0};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  *c = (struct cmsghdr){CMSG_LEN(sizeof(struct in_pktinfo)), IPPROTO_IP, IP_PKTINFO};
  struct in_pktinfo info = {.ipi_ifindex = index};
  inet_pton(AF_INET, ip, &info.ipi_spec_dst);
  memcpy(CMSG_DATA(c), &info, sizeof info);
  return sendmsg(fd, &m, 0);
}
static ssize_t from6(int fd, const char *ip, int index, const char *to, int port) {
  char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = "";
  struct sockaddr_in6 address = at6(to, port);
  struct iovec part = {"y", 1};
  struct msghdr m = {&address, sizeof address, &part, 1, control, sizeof control, 0};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  *c = (struct cmsghdr){CMSG_LEN(sizeof(struct in6_pktinfo)), IPPROTO_IPV6, IPV6_PKTINFO};
  struct in6_pktinfo info = {.ipi6_ifindex = index};
  inet_pton(AF_INET6, ip, &info.ipi6_addr);
  memcpy(CMSG_DATA(c), &info, sizeof info);
  return sendmsg(fd, &m, 0);
}

int main(void) {
  int a = udp4("0.0.0.0", 7750), b = udp4("0.0.0.0", 7751);
  NEED(set_option(b, IPPROTO_IP, IP_PKTINFO, 1));
  CHECK("setsockopt(IP_PKTINFO) recvmsg", "the receiver's address");
  NEED(send4(a, "1", "127.0.0.1", 7751));
  NEED(send4(a, "2", "127.0.0.77", 7751));
  settle();
  say_message("first", b, 0);
  say_message("second", b, 0);
  CHECK("sendmsg(IP_PKTINFO)", "the sender's address");
  R(from4(a, "127.0.0.5", 0, "127.0.0.1", 7751));
  settle();
  say_message("from 5", b, 0);
  R(from4(a, "127.0.0.6", 1, "127.0.0.1", 7751));
  settle();
  say_message("from 6 by lo", b, 0);
  R(from4(a, "0.0.0.0", 1, "127.0.0.1", 7751));
  settle();
  say_message("by lo", b, 0);
  R(from4(a, "192.0.2.1", 0, "127.0.0.1", 7751));
  R(from4(a, "0.0.0.0", 77, "127.0.0.1", 7751));
  R(from4(a, "0.0.0.0", 0, "192.0.2.1", 7751));
  CHECK("sendmsg(IP_PKTINFO)", "a bound socket");
  int c = udp4("127.0.0.9", 7752);
  R(from4(c, "127.0.0.8", 0, "127.0.0.1", 7751));
  settle();
  say_message("from 8", b, 0);
  CHECK("setsockopt(IPV6_RECVPKTINFO) recvmsg sendmsg(IPV6_PKTINFO)", "IPv6");
  int d = udp6("::", 7753), e = udp6("::", 7754);
  NEED(set_option(e, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
  R(from6(d, "::1", 0, "::1", 7754));
  settle();
  say_message("from ::1", e, 0);
  R(from6(d, "::", 1, "::1", 7754));
  settle();
  say_message("by lo", e, 0);
  R(from6(d, "2001:db8::1", 0, "::1", 7754));
  R(from6(d, "::", 77, "::1", 7754));
  CHECK("setsockopt(IPV6_RECVPKTINFO) recvmsg", "a message of IPv4");
  NEED(send4(a, "4", "127.0.0.3", 7754));
  settle();
  say_message("mapped", e, 0);
  return 0;
}
