// tags: network
// Sources of groups: which senders a member wants to hear.
#include "net.h"

static int source(int fd, int name, const char *group, const char *from) {
  struct ip_mreq_source m;
  inet_pton(AF_INET, group, &m.imr_multiaddr);
  inet_pton(AF_INET, "127.0.0.1", &m.imr_interface);
  inet_pton(AF_INET, from, &m.imr_sourceaddr);
  return setsockopt(fd, IPPROTO_IP, name, &m, sizeof m);
}
static int sender(const char *ip, int port) {
  int fd = udp4(ip, port);
  struct ip_mreqn m = {.imr_ifindex = 1};
  NEED(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof m));
  return fd;
}

int main(void) {
  int one = sender("127.0.0.1", 7220), two = sender("127.0.0.2", 7221), r = udp4("0.0.0.0", 7222);
  CHECK("setsockopt(IP_ADD_SOURCE_MEMBERSHIP) recvfrom", "only from there");
  R(source(r, IP_ADD_SOURCE_MEMBERSHIP, "232.1.1.1", "127.0.0.1"));
  R(source(r, IP_ADD_SOURCE_MEMBERSHIP, "232.1.1.1", "127.0.0.1"));
  R(send4(one, "one", "232.1.1.1", 7222));
  R(send4(two, "two", "232.1.1.1", 7222));
  settle();
  say_recv("receiver", r, 0);
  say_recv("receiver", r, 0);
  R(source(r, IP_ADD_SOURCE_MEMBERSHIP, "232.1.1.1", "127.0.0.2"));
  R(send4(two, "two", "232.1.1.1", 7222));
  settle();
  say_recv("receiver", r, 0);
  CHECK("setsockopt(IP_DROP_SOURCE_MEMBERSHIP)", "one source and then the last");
  R(source(r, IP_DROP_SOURCE_MEMBERSHIP, "232.1.1.1", "127.0.0.9"));
  R(source(r, IP_DROP_SOURCE_MEMBERSHIP, "232.1.1.1", "127.0.0.1"));
  R(source(r, IP_DROP_SOURCE_MEMBERSHIP, "232.1.1.1", "127.0.0.2"));
  R(source(r, IP_DROP_SOURCE_MEMBERSHIP, "232.1.1.1", "127.0.0.2"));
  CHECK("setsockopt(IP_BLOCK_SOURCE|IP_UNBLOCK_SOURCE)", "all but these");
  R(source(r, IP_BLOCK_SOURCE, "239.1.1.1", "127.0.0.1"));
  struct ip_mreqn m = {.imr_ifindex = 1};
  inet_pton(AF_INET, "239.1.1.1", &m.imr_multiaddr);
  R(setsockopt(r, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m));
  R(source(r, IP_BLOCK_SOURCE, "239.1.1.1", "127.0.0.1"));
  R(source(r, IP_BLOCK_SOURCE, "239.1.1.1", "127.0.0.1"));
  R(send4(one, "one", "239.1.1.1", 7222));
  R(send4(two, "two", "239.1.1.1", 7222));
  settle();
  say_recv("receiver", r, 0);
  say_recv("receiver", r, 0);
  R(source(r, IP_UNBLOCK_SOURCE, "239.1.1.1", "127.0.0.1"));
  R(source(r, IP_UNBLOCK_SOURCE, "239.1.1.1", "127.0.0.1"));
  R(send4(one, "one", "239.1.1.1", 7222));
  settle();
  say_recv("receiver", r, 0);
  CHECK("setsockopt(IP_DROP_SOURCE_MEMBERSHIP|IP_ADD_SOURCE_MEMBERSHIP)", "the other kind of membership");
  R(source(r, IP_DROP_SOURCE_MEMBERSHIP, "239.1.1.1", "127.0.0.1"));
  R(source(r, IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1", "127.0.0.2"));
  CHECK("setsockopt(IP_ADD_SOURCE_MEMBERSHIP)", "too many, and not a group");
  R(source(r, IP_ADD_SOURCE_MEMBERSHIP, "127.0.0.1", "127.0.0.1"));
  int added = 0;
  for (int i = 1; i < 30; i++) {
    char ip[30];
    sprintf(ip, "127.0.1.%d", i);
    added += source(r, IP_ADD_SOURCE_MEMBERSHIP, "232.2.2.2", ip) == 0;
  }
  say("%d %s", added, errno_name(errno));
  return 0;
}
