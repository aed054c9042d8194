// tags: network
// What a socket tells of itself: cookies, processors, memory, its domain and protocol.
#include "net.h"

#include <linux/sock_diag.h>

static uint64_t cookie(int fd, int name) {
  uint64_t value = 0;
  socklen_t length = sizeof value;
  if (getsockopt(fd, SOL_SOCKET, name, &value, &length)) say("%s", errno_name(errno));
  return value;
}

int main(void) {
  int a = tcp4(), b = tcp4();
  CHECK("getsockopt(SO_COOKIE)", "one for each socket");
  T(cookie(a, SO_COOKIE) != 0);
  T(cookie(a, SO_COOKIE) == cookie(a, SO_COOKIE));
  T(cookie(a, SO_COOKIE) != cookie(b, SO_COOKIE));
  int copy = dup(a);
  T(cookie(a, SO_COOKIE) == cookie(copy, SO_COOKIE));
  uint64_t value;
  socklen_t length = 4;
  R(getsockopt(a, SOL_SOCKET, SO_COOKIE, &value, &length));
  length = 100;
  R(getsockopt(a, SOL_SOCKET, SO_COOKIE, &value, &length));
  R(length);
  R(setsockopt(a, SOL_SOCKET, SO_COOKIE, &value, 8));
  CHECK("getsockopt(SO_NETNS_COOKIE)", "one for the network");
  T(cookie(a, SO_NETNS_COOKIE) == cookie(b, SO_NETNS_COOKIE));
  T(cookie(a, SO_NETNS_COOKIE) != 0);
  length = 4;
  R(getsockopt(a, SOL_SOCKET, SO_NETNS_COOKIE, &value, &length));
  CHECK("getsockopt setsockopt(SO_INCOMING_CPU)", "where the last packet was handled");
  say("%d", option(a, SOL_SOCKET, SO_INCOMING_CPU));
  struct connection c = connection4(7160);
  T(option(c.server, SOL_SOCKET, SO_INCOMING_CPU) >= 0);
  R(set_option(a, SOL_SOCKET, SO_INCOMING_CPU, 1));
  CHECK("getsockopt(SO_MEMINFO)", "sizes");
  uint32_t memory[SK_MEMINFO_VARS];
  length = sizeof memory;
  int u = udp4("127.0.0.1", 7161);
  NEED(set_option(u, SOL_SOCKET, SO_RCVBUF, 50000));
  NEED(set_option(u, SOL_SOCKET, SO_SNDBUF, 60000));
  NEED(send4(u, "abc", "127.0.0.1", 7161));
  settle();
  R(getsockopt(u, SOL_SOCKET, SO_MEMINFO, memory, &length));
  say("%d: %d %d, queued %s", (int)length, memory[SK_MEMINFO_RCVBUF], memory[SK_MEMINFO_SNDBUF],
      memory[SK_MEMINFO_RMEM_ALLOC] > 3 ? "yes" : "no");
  CHECK("getsockopt(SO_DOMAIN|SO_TYPE|SO_PROTOCOL|SO_ACCEPTCONN)", "kinds");
  say("%d %d %d %d", option(u, SOL_SOCKET, SO_DOMAIN), option(u, SOL_SOCKET, SO_TYPE),
      option(u, SOL_SOCKET, SO_PROTOCOL), option(u, SOL_SOCKET, SO_ACCEPTCONN));
  say("%d %d %d %d", option(c.listener, SOL_SOCKET, SO_DOMAIN), option(c.listener, SOL_SOCKET, SO_TYPE),
      option(c.listener, SOL_SOCKET, SO_PROTOCOL), option(c.listener, SOL_SOCKET, SO_ACCEPTCONN));
  CHECK("getsockopt(SO_PEERCRED|SO_PEERSEC|SO_PEERNAME|SO_PEERGROUPS)", "nothing is known of the peer");
  struct ucred who;
  length = sizeof who;
  R(getsockopt(c.server, SOL_SOCKET, SO_PEERCRED, &who, &length));
  say("%d %d %d", who.pid, (int)who.uid, (int)who.gid);
  struct sockaddr_in name;
  length = sizeof name;
  R(getsockopt(c.client, SOL_SOCKET, SO_PEERNAME, &name, &length));
  say("%d %d", (int)length, ntohs(name.sin_port));
  length = 4;
  R(getsockopt(c.client, SOL_SOCKET, SO_PEERNAME, &name, &length));
  R(getsockopt(a, SOL_SOCKET, SO_PEERNAME, &name, &length));
  length = sizeof name;
  R(getsockopt(c.client, SOL_SOCKET, SO_PEERGROUPS, &name, &length));
  return 0;
}
