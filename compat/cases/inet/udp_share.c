// tags: network
// Datagram sockets that have the same port: who may, and who gets what.
#include "net.h"

static int sharer(int option1, const char *ip, int port) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  if (option1) NEED(set_option(fd, SOL_SOCKET, option1, 1));
  int result = bind4(fd, ip, port);
  say("%s on %s: %s",
      option1 == SO_REUSEADDR ? "SO_REUSEADDR"
      : option1               ? "SO_REUSEPORT"
                              : "plain",
      ip, result ? errno_name(errno) : "ok");
  return fd;
}

int main(void) {
  int from = udp4("127.0.0.1", 7370);
  CHECK("setsockopt(SO_REUSEADDR) bind", "both must allow it");
  int a = sharer(0, "127.0.0.1", 7371);
  sharer(SO_REUSEADDR, "127.0.0.1", 7371);
  OK(set_option(a, SOL_SOCKET, SO_REUSEADDR, 1));
  int b = sharer(SO_REUSEADDR, "127.0.0.1", 7371);
  sharer(SO_REUSEPORT, "127.0.0.1", 7371);
  CHECK("setsockopt(SO_REUSEADDR) recvfrom", "the newest gets messages");
  R(send4(from, "x", "127.0.0.1", 7371));
  settle();
  say_recv("first", a, 0);
  say_recv("second", b, 0);
  CHECK("bind recvfrom", "the nearest address, and a connected socket before all");
  int wild = sharer(SO_REUSEADDR, "0.0.0.0", 7372), near = sharer(SO_REUSEADDR, "127.0.0.1", 7372),
      peer = sharer(SO_REUSEADDR, "0.0.0.0", 7372);
  R(send4(from, "1", "127.0.0.1", 7372));
  settle();
  say_recv("wild", wild, 0);
  say_recv("near", near, 0);
  say_recv("peer", peer, 0);
  OK(connect4(peer, "127.0.0.1", 7370));
  R(send4(from, "2", "127.0.0.1", 7372));
  R(send4(from, "3", "127.0.0.7", 7372));
  settle();
  say_recv("wild", wild, 0);
  say_recv("near", near, 0);
  say_recv("peer", peer, 0);
  CHECK("setsockopt(SO_REUSEPORT) bind", "for one user");
  int p = sharer(SO_REUSEPORT, "127.0.0.1", 7373);
  sharer(SO_REUSEPORT, "127.0.0.1", 7373);
  sharer(SO_REUSEADDR, "127.0.0.1", 7373);
  sharer(0, "127.0.0.1", 7373);
  reap("child", CHILD({
         NEED(setuid(12345));
         sharer(SO_REUSEPORT, "127.0.0.1", 7373);
       }));
  CHECK("setsockopt(SO_REUSEPORT)", "after binding");
  OK(set_option(p, SOL_SOCKET, SO_REUSEPORT, 0));
  sharer(SO_REUSEPORT, "127.0.0.1", 7373);
  CHECK("close bind", "the port is free again at once");
  int q = sharer(0, "127.0.0.1", 7374);
  close(q);
  sharer(0, "127.0.0.1", 7374);
  CHECK("bind", "streams and datagrams have ports of their own");
  int l = tcp4();
  R(bind4(l, "127.0.0.1", 7374));
  return 0;
}
