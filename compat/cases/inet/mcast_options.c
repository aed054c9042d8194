// tags: network
// Options about where messages to groups go.
#include "net.h"

static void interface(int fd) {
  struct in_addr ip = {0};
  socklen_t length = sizeof ip;
  int r = getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &ip, &length);
  say("%s, length %d", r ? errno_name(errno) : inet_ntoa(ip), (int)length);
}
static int by_index(int fd, const char *ip, int index) {
  struct ip_mreqn m = {.imr_ifindex = index};
  inet_pton(AF_INET, ip, &m.imr_address);
  return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof m);
}
static int by_address(int fd, const char *ip) {
  struct in_addr a;
  inet_pton(AF_INET, ip, &a);
  return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &a, sizeof a);
}

int main(void) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  CHECK("getsockopt setsockopt(IP_MULTICAST_IF)", "by address and by index");
  interface(fd);
  R(by_address(fd, "127.0.0.1"));
  interface(fd);
  R(by_address(fd, "0.0.0.0"));
  interface(fd);
  R(by_address(fd, "127.0.0.7"));
  R(by_address(fd, "192.0.2.1"));
  R(by_index(fd, "0.0.0.0", 1));
  interface(fd);
  R(by_index(fd, "127.0.0.5", 1));
  interface(fd);
  R(by_index(fd, "0.0.0.0", 77));
  R(by_index(fd, "0.0.0.0", 0));
  interface(fd);
  R(set_option(tcp4(), IPPROTO_IP, IP_MULTICAST_IF, 0));
  CHECK("getsockopt setsockopt(IP_MULTICAST_TTL|IP_MULTICAST_LOOP|IP_MULTICAST_ALL)", "values");
  int names[] = {IP_MULTICAST_TTL, IP_MULTICAST_LOOP, IP_MULTICAST_ALL},
      tried[] = {0, 1, 2, 255, 256, -1, -2};
  for (int k = 0; k < 3; k++) {
    say("%d at first", option(fd, IPPROTO_IP, names[k]));
    for (int i = 0; i < 7; i++) {
      int r = set_option(fd, IPPROTO_IP, names[k], tried[i]), error = errno;
      say("%d: %s, %d", tried[i], r ? errno_name(error) : "ok", option(fd, IPPROTO_IP, names[k]));
    }
    unsigned char byte = 3;
    R(setsockopt(fd, IPPROTO_IP, names[k], &byte, 1));
    say("%d", option(fd, IPPROTO_IP, names[k]));
    R(set_option(tcp4(), IPPROTO_IP, names[k], 1));
  }
  CHECK("getsockopt setsockopt(IP_UNICAST_IF)", "an index in network order");
  R(option(fd, IPPROTO_IP, IP_UNICAST_IF));
  R(set_option(fd, IPPROTO_IP, IP_UNICAST_IF, htonl(1)));
  R(ntohl(option(fd, IPPROTO_IP, IP_UNICAST_IF)));
  R(set_option(fd, IPPROTO_IP, IP_UNICAST_IF, htonl(77)));
  R(set_option(fd, IPPROTO_IP, IP_UNICAST_IF, 0));
  return 0;
}
