// tags: network
// Options of SOL_SOCKET that not everybody may set.
#include "net.h"

static void all(void) {
  int fd = tcp4();
  for (int i = -1; i < 8; i++)
    say("priority %d: %s", i, set_option(fd, SOL_SOCKET, SO_PRIORITY, i) ? errno_name(errno) : "ok");
  R(option(fd, SOL_SOCKET, SO_PRIORITY));
  R(set_option(fd, SOL_SOCKET, SO_MARK, 7));
  R(option(fd, SOL_SOCKET, SO_MARK));
  R(set_option(fd, SOL_SOCKET, SO_DEBUG, 1));
  R(set_option(fd, SOL_SOCKET, SO_DEBUG, 0));
  R(set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1000000));
  R(option(fd, SOL_SOCKET, SO_RCVBUF));
  R(set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, 1000000));
  R(option(fd, SOL_SOCKET, SO_SNDBUF));
  R(set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, -1));
  R(option(fd, SOL_SOCKET, SO_RCVBUF));
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0));
  R(set_option(fd, IPPROTO_IP, IP_TRANSPARENT, 1));
  R(option(fd, IPPROTO_IP, IP_TRANSPARENT));
  R(bind4(fd, "127.0.0.1", 99));
}

int main(void) {
  CHECK("setsockopt bind", "root");
  all();
  CHECK("setsockopt bind", "a user without capabilities");
  NEED(setuid(12345));
  all();
  return 0;
}
