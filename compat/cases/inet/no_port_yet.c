// tags: network
// IP_BIND_ADDRESS_NO_PORT: bind takes the address, connect the port.
#include "net.h"

int main(void) {
  int l = tcp4();
  NEED(bind4(l, "0.0.0.0", 7870));
  NEED(listen(l, 10));
  CHECK("setsockopt(IP_BIND_ADDRESS_NO_PORT) bind", "no port before connect");
  int fd = tcp4();
  OK(set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
  R(bind4(fd, "127.0.0.5", 0));
  say_names("bound", fd);
  R(connect4(fd, "127.0.0.1", 7870));
  say_names("connected", fd);
  CHECK("bind", "twice");
  fd = tcp4();
  NEED(set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
  R(bind4(fd, "127.0.0.5", 0));
  R(bind4(fd, "127.0.0.6", 0));
  say_names("bound", fd);
  R(listen(fd, 1));
  CHECK("bind", "a port that is named counts");
  fd = tcp4();
  NEED(set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
  R(bind4(fd, "127.0.0.5", 7871));
  say_names("bound", fd);
  CHECK("bind connect", "more sockets than ports");
  put("/proc/sys/net/ipv4/ip_local_port_range", "20000 20001\n");
  int l2 = tcp4(), bound = 0, connected = 0;
  NEED(bind4(l2, "0.0.0.0", 7872));
  NEED(listen(l2, 10));
  for (int i = 0; i < 4; i++) {
    fd = tcp4();
    NEED(set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
    bound += bind4(fd, "127.0.0.7", 0) == 0;
    connected += connect4(fd, "127.0.0.1", i < 2 ? 7870 : 7872) == 0;
  }
  say("%d bound, %d connected", bound, connected);
  CHECK("setsockopt(IP_BIND_ADDRESS_NO_PORT) bind", "datagrams");
  fd = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  OK(set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
  R(bind4(fd, "127.0.0.5", 0));
  struct sockaddr_in own;
  socklen_t length = sizeof own;
  NEED(getsockname(fd, (void *)&own, &length));
  T(own.sin_port != 0);
  return 0;
}
