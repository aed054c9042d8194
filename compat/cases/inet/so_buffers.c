// tags: network
// SO_RCVBUF and SO_SNDBUF are doubled, and have a least value.
#include "net.h"

static void sizes(int type) {
  int fd = NEED(socket(AF_INET, type, 0));
  int tried[] = {100000, 5000, 2304, 2303, 1152, 1, 0};
  for (int i = 0; i < 7; i++) {
    int r = set_option(fd, SOL_SOCKET, SO_RCVBUF, tried[i]),
        s = set_option(fd, SOL_SOCKET, SO_SNDBUF, tried[i]);
    say("%d: %d %d, %d %d", tried[i], r, option(fd, SOL_SOCKET, SO_RCVBUF), s,
        option(fd, SOL_SOCKET, SO_SNDBUF));
  }
  T(set_option(fd, SOL_SOCKET, SO_RCVBUF, -1) == 0);
  T(option(fd, SOL_SOCKET, SO_RCVBUF) >= 2 * 212992);
  T(set_option(fd, SOL_SOCKET, SO_RCVBUF, 0x7fffffff) == 0);
  T(option(fd, SOL_SOCKET, SO_RCVBUF) >= 2 * 212992);
  R(option(fd, SOL_SOCKET, SO_BUF_LOCK));
  R(set_option(fd, SOL_SOCKET, SO_BUF_LOCK, 0));
  R(option(fd, SOL_SOCKET, SO_BUF_LOCK));
}

int main(void) {
  CHECK("getsockopt setsockopt(SO_RCVBUF|SO_SNDBUF)", "TCP");
  sizes(SOCK_STREAM);
  CHECK("getsockopt setsockopt(SO_RCVBUF|SO_SNDBUF)", "UDP");
  sizes(SOCK_DGRAM);
  CHECK("setsockopt(SO_RCVBUF) accept", "inherited from the listener");
  int l = listen4(7110, 5);
  NEED(set_option(l, SOL_SOCKET, SO_RCVBUF, 20000));
  NEED(set_option(l, SOL_SOCKET, SO_SNDBUF, 30000));
  int c = tcp4();
  NEED(connect4(c, "127.0.0.1", 7110));
  int s = NEED(accept(l, NULL, NULL));
  R(option(s, SOL_SOCKET, SO_RCVBUF));
  R(option(s, SOL_SOCKET, SO_SNDBUF));
  CHECK("setsockopt(SO_RCVBUF) sendto recvfrom", "datagrams that do not fit are lost");
  int u = udp4("127.0.0.1", 7111), sent = 0, got = 0;
  NEED(set_option(u, SOL_SOCKET, SO_RCVBUF, 5000));
  static char data[1000];
  struct sockaddr_in to = at4("127.0.0.1", 7111);
  int from = udp4("127.0.0.1", 7112);
  for (int i = 0; i < 100; i++)
    sent += sendto(from, data, sizeof data, 0, (void *)&to, sizeof to) == sizeof data;
  while (recv(u, data, sizeof data, 0) > 0) got++;
  R(sent);
  T(got > 1 && got < 20);
  CHECK("setsockopt(SO_SNDBUF) sendto", "a datagram that never fits");
  NEED(set_option(from, SOL_SOCKET, SO_SNDBUF, 5000));
  static char large[60000];
  R(sendto(from, large, 9000, 0, (void *)&to, sizeof to));
  R(sendto(from, large, 60000, 0, (void *)&to, sizeof to));
  CHECK("setsockopt(SO_RXQ_OVFL) recvmsg", "how many were lost");
  NEED(set_option(u, SOL_SOCKET, SO_RXQ_OVFL, 1));
  while (recv(u, data, sizeof data, 0) > 0) continue;
  for (int i = 0; i < 100; i++) sendto(from, data, sizeof data, 0, (void *)&to, sizeof to);
  while (recv(u, data, sizeof data, 0) > 0) continue;
  R(send4(from, "x", "127.0.0.1", 7111));
  say_message("after losses", u, 0);
  return 0;
}
