// tags: network
// Who may have which address and port.
#include "inet.h"

static int tcp(void) {
  return NEED(socket(AF_INET, SOCK_STREAM, 0));
}
static int tcp6(void) {
  return NEED(socket(AF_INET6, SOCK_STREAM, 0));
}

int main(void) {
  CHECK("bind", "addresses of this machine and of others");
  R(bind4(tcp(), "127.0.0.1", 7000));
  R(bind4(tcp(), "127.1.2.3", 7000));
  R(bind4(tcp(), "10.1.2.3", 7000));
  R(bind4(tcp(), "0.0.0.0", 7001));
  R(bind6(tcp6(), "::1", 7002));
  R(bind6(tcp6(), "::ffff:127.0.0.1", 7003));
  R(bind6(tcp6(), "2001:db8::1", 7003));
  R(bind6(tcp6(), "fe80::1", 7003));
  R(bind6(tcp6(), "ff02::1", 7003));
  CHECK("bind", "twice");
  int fd = tcp();
  R(bind4(fd, "127.0.0.1", 7010));
  R(bind4(fd, "127.0.0.1", 7011));
  R(bind4(tcp(), "127.0.0.1", 7010));
  R(bind4(tcp(), "0.0.0.0", 7010));
  R(bind4(tcp(), "127.0.0.2", 7010));
  CHECK("bind", "malformed addresses");
  struct sockaddr_in a = at4("127.0.0.1", 7020);
  R(bind(tcp(), (void *)&a, 15));
  R(bind(tcp(), (void *)&a, 200));
  a.sin_family = AF_INET6;
  R(bind(tcp(), (void *)&a, sizeof a));
  a.sin_family = AF_UNSPEC;
  R(bind(tcp(), (void *)&a, sizeof a));
  a.sin_addr.s_addr = 0;
  R(bind(tcp(), (void *)&a, sizeof a));
  struct sockaddr_in6 b = at6("::1", 7021);
  R(bind(tcp6(), (void *)&b, 20));
  R(bind(tcp6(), (void *)&b, 24));
  CHECK("bind", "port 0 gives an ephemeral one");
  fd = tcp();
  R(bind4(fd, "127.0.0.1", 0));
  say_names("bound", fd);
  int other = tcp();
  R(listen(other, 1));
  say_names("listening", other);
  CHECK("bind", "IPv4 against IPv6");
  R(bind4(tcp(), "0.0.0.0", 7030));
  R(bind6(tcp6(), "::", 7030));
  int only = tcp6();
  NEED(set_option(only, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  R(bind6(only, "::", 7030));
  R(set_option(only, IPPROTO_IPV6, IPV6_V6ONLY, 0));
  R(bind6(tcp6(), "::", 7031));
  R(bind4(tcp(), "127.0.0.1", 7031));
  R(bind6(tcp6(), "::1", 7032));
  R(bind4(tcp(), "127.0.0.1", 7032));
  only = tcp6();
  NEED(set_option(only, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  R(bind6(only, "::ffff:127.0.0.1", 7033));
  CHECK("setsockopt(SO_REUSEADDR)", "two sockets, of which one may listen");
  int one = tcp(), two = tcp();
  NEED(set_option(one, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(one, "127.0.0.1", 7040));
  R(bind4(two, "127.0.0.1", 7040));
  NEED(set_option(two, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(two, "127.0.0.1", 7040));
  R(listen(one, 1));
  R(listen(two, 1));
  int three = tcp();
  NEED(set_option(three, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(three, "127.0.0.1", 7040));
  CHECK("setsockopt(SO_REUSEPORT)", "all must want it");
  one = tcp(), two = tcp();
  NEED(set_option(one, SOL_SOCKET, SO_REUSEPORT, 1));
  R(bind4(one, "127.0.0.1", 7050));
  R(bind4(two, "127.0.0.1", 7050));
  NEED(set_option(two, SOL_SOCKET, SO_REUSEPORT, 1));
  R(bind4(two, "127.0.0.1", 7050));
  R(listen(one, 1));
  R(listen(two, 1));
  CHECK("bind", "a server comes back while its connections live");
  struct connection c = connection4(7060);
  close(c.listener);
  fd = tcp();
  R(bind4(fd, "127.0.0.1", 7060));
  NEED(set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(fd, "127.0.0.1", 7060));
  CHECK("setsockopt(SO_REUSEADDR)", "a server that had it comes back");
  one = tcp();
  NEED(set_option(one, SOL_SOCKET, SO_REUSEADDR, 1));
  NEED(bind4(one, "127.0.0.1", 7070));
  NEED(listen(one, 5));
  two = tcp();
  NEED(connect4(two, "127.0.0.1", 7070));
  int s = NEED(accept(one, NULL, NULL));
  T(option(s, SOL_SOCKET, SO_REUSEADDR) == 1);
  close(one);
  fd = tcp();
  NEED(set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1));
  R(bind4(fd, "127.0.0.1", 7070));
  R(listen(fd, 5));
  CHECK("bind", "a connected socket");
  R(bind4(two, "127.0.0.1", 7071));
  CHECK("bind", "a reserved port without the capability");
  NEED(setuid(12345));
  R(bind4(tcp(), "127.0.0.1", 80));
  R(bind4(tcp(), "127.0.0.1", 1023));
  R(bind4(tcp(), "127.0.0.1", 1024));
  R(bind4(tcp(), "10.0.0.1", 80));
  R(bind4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "127.0.0.1", 80));
  return 0;
}
