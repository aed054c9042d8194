// tags: network
// Options of level IP: first values, and what they may be set to, for streams and for datagrams.
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
    O(IP_TOS),
    O(IP_TTL),
    O(IP_RECVOPTS),
    O(IP_PKTINFO),
    O(IP_MTU_DISCOVER),
    O(IP_RECVERR),
    O(IP_RECVTTL),
    O(IP_RECVTOS),
    O(IP_MTU),
    O(IP_FREEBIND),
    O(IP_TRANSPARENT),
    O(IP_RECVORIGDSTADDR),
    O(IP_BIND_ADDRESS_NO_PORT),
    O(IP_RECVFRAGSIZE),
};

static void all(int type) {
  int tried[] = {0, 1, 2, 7, 255, 256, -1};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    int fd = NEED(socket(AF_INET, type, 0));
    char line[300];
    int used = sprintf(line, "%s: %d;", names[i].name, option(fd, IPPROTO_IP, names[i].number));
    for (int k = 0; k < 7; k++) {
      int r = set_option(fd, IPPROTO_IP, names[i].number, tried[k]), error = errno;
      used += sprintf(line + used, " %d %s %d;", tried[k], r ? errno_name(error) : "ok",
                      option(fd, IPPROTO_IP, names[i].number));
    }
    say("%s", line);
    close(fd);
  }
}

int main(void) {
  CHECK("getsockopt setsockopt(IP_TOS)", "TCP");
  all(SOCK_STREAM);
  CHECK("getsockopt setsockopt(IP_TOS)", "UDP");
  all(SOCK_DGRAM);
  CHECK("setsockopt(IP_TOS)", "changes the priority");
  int fd = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  int tos[] = {0, 0x10, 0x08, 0x02, 0xe0};
  for (int i = 0; i < 5; i++) {
    set_option(fd, IPPROTO_IP, IP_TOS, tos[i]);
    say("%#x: %d", tos[i], option(fd, SOL_SOCKET, SO_PRIORITY));
  }
  CHECK("getsockopt(IP_MTU)", "of a connected socket");
  R(connect4(fd, "127.0.0.1", 9));
  R(option(fd, IPPROTO_IP, IP_MTU));
  return 0;
}
