// tags: network
// Addresses of IPv6: which can be bound and connected to, and what interfaces have to do with it.
#include "net.h"

static void bind_it(const char *ip, int scope) {
  int fd = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  struct sockaddr_in6 address = at6(ip, 7830);
  address.sin6_scope_id = scope;
  int r = bind(fd, (void *)&address, sizeof address);
  say("bind %s scope %d: %s", ip, scope, r ? errno_name(errno) : "ok");
  close(fd);
}
static void connect_it(int type, const char *ip, int scope) {
  int fd = NEED(socket(AF_INET6, type, 0));
  struct sockaddr_in6 address = at6(ip, 7831);
  address.sin6_scope_id = scope;
  int r = connect(fd, (void *)&address, sizeof address);
  say("connect %d %s scope %d: %s", type, ip, scope, r ? errno_name(errno) : "ok");
  close(fd);
}

int main(void) {
  const char *ips[] = {"::",      "::1",     "::ffff:127.0.0.1", "::ffff:192.0.2.1",
                       "fe80::1", "ff02::1", "2001:db8::1",      "::127.0.0.1"};
  CHECK("bind", "addresses");
  for (int i = 0; i < 8; i++) bind_it(ips[i], 0);
  CHECK("bind", "with an interface");
  for (int i = 0; i < 8; i++) bind_it(ips[i], 1);
  bind_it("::1", 77);
  bind_it("fe80::1", 77);
  CHECK("connect", "datagrams");
  for (int i = 0; i < 8; i++) connect_it(SOCK_DGRAM, ips[i], 0);
  CHECK("connect", "streams");
  for (int i = 0; i < 8; i++) connect_it(SOCK_STREAM, ips[i], 0);
  CHECK("bind connect", "lengths and families");
  int fd = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  struct sockaddr_in6 address = at6("::1", 7832);
  R(bind(fd, (void *)&address, 23));
  R(bind(fd, (void *)&address, 24));
  say_names("bound", fd);
  fd = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  struct sockaddr_in four = at4("127.0.0.1", 7833);
  R(bind(fd, (void *)&four, sizeof four));
  address.sin6_family = AF_UNSPEC;
  R(bind(fd, (void *)&address, sizeof address));
  R(connect(fd, (void *)&four, sizeof four));
  CHECK("sendto", "a flow label and an interface");
  int a = udp6("::1", 7834), b = udp6("::1", 7835);
  address = at6("::1", 7835);
  address.sin6_flowinfo = htonl(5);
  R(sendto(a, "x", 1, 0, (void *)&address, sizeof address));
  address.sin6_scope_id = 1;
  R(sendto(a, "y", 1, 0, (void *)&address, sizeof address));
  settle();
  say_message("b", b, 0);
  return 0;
}
