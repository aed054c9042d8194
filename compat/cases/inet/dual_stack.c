// tags: network
// Sockets of IPv6 that speak IPv4 too, and those that do not.
#include "net.h"

static int six(int type, int only, const char *ip, int port) {
  int fd = NEED(socket(AF_INET6, type | SOCK_NONBLOCK, 0));
  NEED(set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, only));
  int r = bind6(fd, ip, port);
  say("%s%s: %s", ip, only ? " only" : "", r ? errno_name(errno) : "ok");
  return fd;
}
static int four(int type, const char *ip, int port) {
  int fd = NEED(socket(AF_INET, type | SOCK_NONBLOCK, 0));
  int r = bind4(fd, ip, port);
  say("%s: %s", ip, r ? errno_name(errno) : "ok");
  return fd;
}

int main(void) {
  int types[] = {SOCK_STREAM, SOCK_DGRAM};
  for (int i = 0; i < 2; i++) {
    int t = types[i], port = 7600 + 20 * i;
    CHECK(i ? "setsockopt(IPV6_V6ONLY)" : "setsockopt(IPV6_V6ONLY) bind",
          i ? "who may share a port: datagrams" : "who may share a port: streams");
    six(t, 0, "::", port);
    four(t, "0.0.0.0", port);
    four(t, "127.0.0.1", port);
    six(t, 1, "::1", port);
    six(t, 1, "::", port + 1);
    four(t, "0.0.0.0", port + 1);
    six(t, 0, "::ffff:127.0.0.1", port + 2);
    four(t, "127.0.0.1", port + 2);
    four(t, "127.0.0.2", port + 2);
    six(t, 0, "::1", port + 2);
    six(t, 1, "::ffff:127.0.0.1", port + 3);
    four(t, "127.0.0.1", port + 4);
    six(t, 0, "::", port + 4);
    six(t, 1, "::", port + 4);
  }
  CHECK("accept getpeername", "a connection from IPv4");
  int l = six(SOCK_STREAM, 0, "::", 7650);
  NEED(listen(l, 5));
  int c = tcp4();
  R(connect4(c, "127.0.0.1", 7650));
  struct sockaddr_storage from;
  socklen_t length = sizeof from;
  int s = NEED(accept(l, (void *)&from, &length));
  say("from %s, length %d", address_text(&from), (int)length);
  say_names("accepted", s);
  say_names("client", c);
  R(option(s, SOL_SOCKET, SO_DOMAIN));
  CHECK("connect", "IPv4 by a socket of IPv6");
  int four_listener = listen4(7651, 5);
  int d = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  R(connect6(d, "::ffff:127.0.0.1", 7651));
  say_names("client", d);
  say_names("accepted", NEED(accept(four_listener, NULL, NULL)));
  d = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  NEED(set_option(d, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  R(connect6(d, "::ffff:127.0.0.1", 7651));
  R(connect6(d, "::1", 7651));
  CHECK("connect", "the wildcard address of IPv6");
  d = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  R(connect6(d, "::", 7650));
  say_names("client", d);
  CHECK("setsockopt(IPV6_V6ONLY)", "after binding");
  R(set_option(d, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  CHECK("sendto recvfrom", "datagrams between the families");
  int u6 = udp6("::", 7652), u4 = udp4("127.0.0.1", 7653);
  R(send4(u4, "four to six", "127.0.0.1", 7652));
  settle();
  say_message("six", u6, 0);
  struct sockaddr_in6 to = at6("::ffff:127.0.0.1", 7653);
  R(sendto(u6, "six to four", 11, 0, (void *)&to, sizeof to));
  settle();
  say_message("four", u4, 0);
  struct sockaddr_in plain = at4("127.0.0.1", 7653);
  R(sendto(u6, "by its own address", 18, 0, (void *)&plain, sizeof plain));
  settle();
  say_message("four", u4, 0);
  int bound = udp6("::1", 7654);
  R(sendto(bound, "x", 1, 0, (void *)&to, sizeof to));
  return 0;
}
