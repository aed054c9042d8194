// tags: network
// Options of level IPv6: first values, and what they may be set to, for streams and for datagrams.
#include "net.h"

struct name {
  const char *name;
  int number;
};
#define O(name) \
  {             \
#name, name \
  }
static const struct name names[] = {
    O(IPV6_V6ONLY),      O(IPV6_UNICAST_HOPS), O(IPV6_MTU_DISCOVER),
    O(IPV6_RECVERR),     O(IPV6_RECVPKTINFO),  O(IPV6_RECVHOPLIMIT),
    O(IPV6_RECVTCLASS),  O(IPV6_TCLASS),       O(IPV6_DONTFRAG),
    O(IPV6_MTU),         O(IPV6_RECVRTHDR),    O(IPV6_RECVHOPOPTS),
    O(IPV6_RECVDSTOPTS), O(IPV6_RECVPATHMTU),  O(IPV6_AUTOFLOWLABEL),
    O(IPV6_FREEBIND),    O(IPV6_TRANSPARENT),  O(IPV6_RECVORIGDSTADDR),
    O(IPV6_UNICAST_IF),
};

static void all(int type) {
  int tried[] = {0, 1, 2, 7, 255, 256, -1};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    int fd = NEED(socket(AF_INET6, type, 0));
    char line[300];
    int used = sprintf(line, "%s: %d;", names[i].name, option(fd, IPPROTO_IPV6, names[i].number));
    for (int k = 0; k < 7; k++) {
      int r = set_option(fd, IPPROTO_IPV6, names[i].number, tried[k]), error = errno;
      used += sprintf(line + used, " %d %s %d;", tried[k], r ? errno_name(error) : "ok",
                      option(fd, IPPROTO_IPV6, names[i].number));
    }
    say("%s", line);
    close(fd);
  }
}

int main(void) {
  CHECK("getsockopt setsockopt(IPV6_V6ONLY)", "TCP");
  all(SOCK_STREAM);
  CHECK("getsockopt setsockopt(IPV6_V6ONLY)", "UDP");
  all(SOCK_DGRAM);
  CHECK("getsockopt setsockopt(IPV6_V6ONLY)", "lengths, and the level of another family");
  int fd = NEED(socket(AF_INET6, SOCK_DGRAM, 0)), value = 1;
  R(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, 1));
  R(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, 3));
  R(set_option(tcp4(), IPPROTO_IPV6, IPV6_V6ONLY, 1));
  R(option(tcp4(), IPPROTO_IPV6, IPV6_V6ONLY));
  R(set_option(fd, IPPROTO_IP, IP_TTL, 9));
  R(option(fd, IPPROTO_IP, IP_TTL));
  return 0;
}
