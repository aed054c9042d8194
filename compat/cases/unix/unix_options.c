// Options of local sockets: what there is, what it begins with.
#include "unix.h"

#include <netinet/in.h>

static void show(int s, const char *name, int option) {
  int value = -77;
  socklen_t length = sizeof value;
  if (getsockopt(s, SOL_SOCKET, option, &value, &length) == -1)
    say("%s: %s", name, errno_name(errno));
  else
    say("%s: %d (%d)", name, value, length);
}
#define SHOW(s, option) show(s, #option, option)
static void set(int s, const char *name, int option, int value) {
  int r = setsockopt(s, SOL_SOCKET, option, &value, sizeof value);
  say("%s to %d: %s", name, value, r == 0 ? "ok" : errno_name(errno));
  if (r == 0) show(s, name, option);
}
#define SET(s, option, value) set(s, #option, option, value)
int main(void) {
  int s[2];
  given_pair(SOCK_STREAM, s);
  CHECK("getsockopt", "a stream");
  SHOW(s[0], SO_TYPE);
  SHOW(s[0], SO_DOMAIN);
  SHOW(s[0], SO_PROTOCOL);
  SHOW(s[0], SO_ACCEPTCONN);
  SHOW(s[0], SO_ERROR);
  SHOW(s[0], SO_SNDBUF);
  SHOW(s[0], SO_RCVBUF);
  SHOW(s[0], SO_SNDLOWAT);
  SHOW(s[0], SO_RCVLOWAT);
  SHOW(s[0], SO_PASSCRED);
  SHOW(s[0], SO_OOBINLINE);
  SHOW(s[0], SO_BROADCAST);
  SHOW(s[0], SO_DONTROUTE);
  SHOW(s[0], SO_DEBUG);
  SHOW(s[0], SO_PRIORITY);
  SHOW(s[0], SO_TIMESTAMP);
  SHOW(s[0], 9999);
  CHECK("getsockopt(SO_TYPE|SO_ACCEPTCONN)", "other kinds and states");
  SHOW(given_socket(SOCK_DGRAM), SO_TYPE);
  SHOW(given_socket(SOCK_SEQPACKET), SO_TYPE);
  SHOW(given_socket(SOCK_RAW), SO_TYPE);
  SHOW(given_listener(SOCK_STREAM, "l", 1), SO_ACCEPTCONN);
  CHECK("setsockopt", "switches");
  SET(s[0], SO_PASSCRED, 5);
  SET(s[0], SO_OOBINLINE, 5);
  SET(s[0], SO_BROADCAST, 5);
  SET(s[0], SO_DONTROUTE, 5);
  SET(s[0], SO_REUSEADDR, 5);
  SET(s[0], SO_KEEPALIVE, 5);
  SET(s[0], SO_PRIORITY, 3);
  SET(s[0], SO_PRIORITY, 9999);
  CHECK("setsockopt", "what can only be read, and what there is not");
  SET(s[0], SO_TYPE, 1);
  SET(s[0], SO_ERROR, 1);
  SET(s[0], SO_ACCEPTCONN, 1);
  SET(s[0], SO_DOMAIN, 1);
  SET(s[0], 9999, 1);
  CHECK("setsockopt getsockopt", "other levels");
  int value = 1;
  socklen_t length = sizeof value;
  R(setsockopt(s[0], IPPROTO_TCP, 1, &value, sizeof value));
  R(getsockopt(s[0], IPPROTO_TCP, 1, &value, &length));
  R(getsockopt(s[0], 77, 1, &value, &length));
  R(getsockopt(s[0], -1, 1, &value, &length));
  CHECK("setsockopt getsockopt", "lengths");
  R(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &value, 3));
  R(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &value, 0));
  R(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &value, 100));
  length = 2;
  value = -1;
  R(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &length));
  say("%#x %d", value, length);
  length = 100;
  R(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &length));
  R(length);
  length = -1;
  R(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &length));
  CHECK("setsockopt(SO_LINGER)", "kept, without effect");
  struct linger linger = {1, 3};
  R(setsockopt(s[0], SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  linger = (struct linger){0};
  length = sizeof linger;
  R(getsockopt(s[0], SOL_SOCKET, SO_LINGER, &linger, &length));
  say("%d %d", linger.l_onoff, linger.l_linger);
  R(setsockopt(s[0], SOL_SOCKET, SO_LINGER, &linger, 4));
  CHECK("getsockopt(SO_PEERSEC)", "labels that nobody gave");
  char label[64];
  length = sizeof label;
  R(getsockopt(s[0], SOL_SOCKET, SO_PEERSEC, label, &length));
  CHECK("socket", "protocols and kinds");
  R(socket(AF_UNIX, SOCK_STREAM, 1) >= 0);
  R(socket(AF_UNIX, SOCK_STREAM, 2));
  R(socket(AF_UNIX, SOCK_PACKET, 0));
  R(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK | 0x40, 0));
  return 0;
}
