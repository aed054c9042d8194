// tags: network
// Ports that the kernel gives out: their range, and what happens when there are none left.
#include "net.h"

static int port_of(int fd) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  NEED(getsockname(fd, (void *)&address, &length));
  return ntohs(address.sin_port);
}

int main(void) {
  const char *range = "/proc/sys/net/ipv4/ip_local_port_range";
  CHECK("bind connect listen", "within the range");
  int ok = 1;
  for (int i = 0; i < 20; i++) {
    int fd = tcp4();
    NEED(bind4(fd, "127.0.0.1", 0));
    ok = ok && port_of(fd) >= 32768 && port_of(fd) <= 60999;
  }
  T(ok);
  int l = tcp4();
  R(listen(l, 1));
  T(port_of(l) >= 32768);
  CHECK("open write", "the range can be changed");
  say("%s", strtok((char *)get(range), "\n"));
  int fd = NEED(open(range, O_WRONLY));
  R(write(fd, "5000 4000\n", 10));
  R(write(fd, "0 10\n", 5));
  R(write(fd, "nonsense\n", 9));
  R(write(fd, "500 2000\n", 9));
  close(fd);
  put(range, "20000 20003\n");
  say("%s", strtok((char *)get(range), "\n"));
  CHECK("bind", "until there is none left");
  int held[4];
  for (int i = 0; i < 4; i++) {
    held[i] = tcp4();
    NEED(bind4(held[i], "127.0.0.1", 0));
  }
  R(bind4(tcp4(), "127.0.0.1", 0));
  OK(bind4(tcp4(), "127.0.0.2", 0));
  R(listen(tcp4(), 1));
  CHECK("connect", "none left");
  int server = listen4(7700, 100);
  R(connect4(tcp4(), "127.0.0.1", 7700));
  for (int i = 0; i < 4; i++) close(held[i]);
  CHECK("connect", "a port serves connections to different places");
  int other = tcp4(), made = 0, more = 0;
  NEED(bind4(other, "127.0.0.3", 7701));
  NEED(listen(other, 100));
  for (int i = 0; i < 5; i++) made += connect4(tcp4(), "127.0.0.1", 7700) == 0;
  say("%d, then %s", made, errno_name(errno));
  for (int i = 0; i < 5; i++) more += connect4(tcp4(), "127.0.0.3", 7701) == 0;
  say("%d, then %s", more, errno_name(errno));
  CHECK("bind sendto connect", "datagrams have ports of their own");
  for (int i = 0; i < 4; i++) NEED(bind4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "0.0.0.0", 0));
  R(bind4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "0.0.0.0", 0));
  R(send4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "x", "127.0.0.1", 1));
  R(connect4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "127.0.0.1", 1));
  (void)server;
  return 0;
}
