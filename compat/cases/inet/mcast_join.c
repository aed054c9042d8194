// tags: network
// Groups of IPv4: joining and leaving them.
#include "net.h"

static int group(int fd, int name, const char *ip, const char *interface, int index) {
  struct ip_mreqn m = {.imr_ifindex = index};
  inet_pton(AF_INET, ip, &m.imr_multiaddr);
  inet_pton(AF_INET, interface, &m.imr_address);
  return setsockopt(fd, IPPROTO_IP, name, &m, sizeof m);
}
static int short_group(int fd, int name, const char *ip, const char *interface) {
  struct ip_mreq m;
  inet_pton(AF_INET, ip, &m.imr_multiaddr);
  inet_pton(AF_INET, interface, &m.imr_interface);
  return setsockopt(fd, IPPROTO_IP, name, &m, sizeof m);
}

int main(void) {
  int fd = udp4("0.0.0.0", 7200);
  CHECK("setsockopt(IP_ADD_MEMBERSHIP)", "which interface");
  R(short_group(fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0"));
  R(short_group(fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "127.0.0.1"));
  R(short_group(fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "127.0.0.1"));
  R(group(fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", 1));
  R(group(fd, IP_ADD_MEMBERSHIP, "239.1.1.2", "0.0.0.0", 1));
  R(group(fd, IP_ADD_MEMBERSHIP, "239.1.1.3", "0.0.0.0", 77));
  R(group(fd, IP_ADD_MEMBERSHIP, "239.1.1.3", "127.0.0.9", 0));
  R(group(fd, IP_ADD_MEMBERSHIP, "239.1.1.3", "192.0.2.1", 0));
  R(group(fd, IP_ADD_MEMBERSHIP, "127.0.0.1", "127.0.0.1", 0));
  R(group(fd, IP_ADD_MEMBERSHIP, "255.255.255.255", "127.0.0.1", 0));
  CHECK("setsockopt(IP_DROP_MEMBERSHIP)", "what was joined, and what was not");
  R(group(fd, IP_DROP_MEMBERSHIP, "239.1.1.9", "127.0.0.1", 0));
  R(group(fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "127.0.0.1", 0));
  R(group(fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "127.0.0.1", 0));
  R(group(fd, IP_DROP_MEMBERSHIP, "239.1.1.2", "0.0.0.0", 0));
  R(group(fd, IP_DROP_MEMBERSHIP, "239.1.1.2", "0.0.0.0", 1));
  R(group(fd, IP_DROP_MEMBERSHIP, "127.0.0.1", "127.0.0.1", 0));
  CHECK("setsockopt(IP_ADD_MEMBERSHIP)", "lengths, streams, and too many");
  struct ip_mreqn m = {.imr_ifindex = 1};
  R(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, 4));
  R(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, (void *)8, sizeof m));
  R(group(tcp4(), IP_ADD_MEMBERSHIP, "239.1.1.1", "127.0.0.1", 0));
  int joined = 0;
  for (int i = 0; i < 30; i++) {
    char ip[30];
    sprintf(ip, "239.2.0.%d", i);
    joined += group(fd, IP_ADD_MEMBERSHIP, ip, "127.0.0.1", 0) == 0;
  }
  say("%d, %s", joined, errno_name(errno));
  R(option(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP));
  CHECK("setsockopt(MCAST_JOIN_GROUP|MCAST_LEAVE_GROUP)", "the newer names");
  int other = udp4("0.0.0.0", 7201);
  struct group_req g = {.gr_interface = 1};
  *(struct sockaddr_in *)&g.gr_group = at4("239.3.3.3", 0);
  R(setsockopt(other, IPPROTO_IP, MCAST_JOIN_GROUP, &g, sizeof g));
  R(setsockopt(other, IPPROTO_IP, MCAST_JOIN_GROUP, &g, sizeof g));
  R(setsockopt(other, IPPROTO_IP, MCAST_LEAVE_GROUP, &g, sizeof g));
  R(setsockopt(other, IPPROTO_IP, MCAST_LEAVE_GROUP, &g, sizeof g));
  R(setsockopt(other, IPPROTO_IP, MCAST_JOIN_GROUP, &g, 20));
  return 0;
}
