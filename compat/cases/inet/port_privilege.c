// tags: network
// Ports that need CAP_NET_BIND_SERVICE.
#include "net.h"

int main(void) {
  const char *start = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
  CHECK("bind", "root");
  R(bind4(tcp4(), "127.0.0.1", 80));
  CHECK("open write", "where they end");
  say("%s", strtok((char *)get(start), "\n"));
  int fd = NEED(open(start, O_WRONLY));
  R(write(fd, "-1\n", 3));
  R(write(fd, "70000\n", 6));
  R(write(fd, "40000\n", 6));
  R(write(fd, "100\n", 4));
  close(fd);
  say("%s", strtok((char *)get(start), "\n"));
  reap("child", CHILD({
         NEED(setuid(12345));
         CHECK("bind", "a user without it");
         R(bind4(tcp4(), "127.0.0.1", 99));
         R(bind4(tcp4(), "127.0.0.1", 100));
         R(bind4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "127.0.0.1", 99));
         R(bind6(NEED(socket(AF_INET6, SOCK_STREAM, 0)), "::1", 99));
         R(open(start, O_WRONLY));
       }));
  put(start, "0\n");
  reap("child", CHILD({
         NEED(setuid(12345));
         CHECK("bind", "no port needs it");
         R(bind4(tcp4(), "127.0.0.1", 1));
       }));
  CHECK("bind", "which error comes first");
  put(start, "1024\n");
  NEED(setuid(12345));
  R(bind4(tcp4(), "192.0.2.1", 80));
  int b = tcp4();
  NEED(bind4(b, "127.0.0.1", 7710));
  R(bind4(b, "127.0.0.1", 80));
  return 0;
}
