// tags: network
// Connecting without waiting: what connect says at each point.
#include "net.h"

static int fresh(void) {
  return NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
}

int main(void) {
  char byte;
  int l = listen4(7450, 5);
  CHECK("connect(O_NONBLOCK)", "to a listener");
  int fd = fresh();
  R(connect4(fd, "127.0.0.1", 7450));
  struct pollfd p = {fd, POLLOUT, 0};
  R(poll(&p, 1, 1000));
  R(so_error(fd));
  R(connect4(fd, "127.0.0.1", 7450));
  R(connect4(fd, "127.0.0.1", 7450));
  CHECK("connect(O_NONBLOCK)", "to nobody");
  fd = fresh();
  R(connect4(fd, "127.0.0.1", 7459));
  settle();
  say_poll("refused", fd);
  R(so_error(fd));
  R(so_error(fd));
  R(connect4(fd, "127.0.0.1", 7459));
  settle();
  R(connect4(fd, "127.0.0.1", 7459));
  CHECK("connect(O_NONBLOCK) sendto recvfrom", "to nobody, told by what comes next");
  fd = fresh();
  R(connect4(fd, "127.0.0.1", 7459));
  settle();
  R(send(fd, "x", 1, MSG_NOSIGNAL));
  R(send(fd, "x", 1, MSG_NOSIGNAL));
  R(recv(fd, &byte, 1, 0));
  fd = fresh();
  R(connect4(fd, "127.0.0.1", 7459));
  settle();
  R(recv(fd, &byte, 1, 0));
  R(recv(fd, &byte, 1, 0));
  CHECK("connect(O_NONBLOCK)", "while it is under way");
  int full = listen4(7451, 0);
  NEED(connect4(tcp4(), "127.0.0.1", 7451));
  fd = fresh();
  R(connect4(fd, "127.0.0.1", 7451));
  R(connect4(fd, "127.0.0.1", 7451));
  say_poll("on its way", fd);
  R(so_error(fd));
  say_names("on its way", fd);
  R(send(fd, "x", 1, MSG_NOSIGNAL));
  R(recv(fd, &byte, 1, 0));
  R(listen(fd, 1));
  R(bind4(fd, "127.0.0.1", 7452));
  R(count_ioctl(fd, FIONREAD));
  R(count_ioctl(fd, TIOCOUTQ));
  R(shutdown(fd, SHUT_RD));
  say("%s", tcp_state(fd));
  say_poll("given up", fd);
  CHECK("close", "the listener, while somebody waits for room");
  fd = fresh();
  R(connect4(fd, "127.0.0.1", 7451));
  (void)full;
  CHECK("connect", "addresses that lead nowhere");
  R(connect4(fresh(), "192.0.2.1", 1));
  R(connect4(fresh(), "0.0.0.0", 7450));
  R(connect4(fresh(), "127.0.0.1", 0));
  struct sockaddr_in address = at4("127.0.0.1", 7450);
  R(connect(fresh(), (void *)&address, 15));
  address.sin_family = AF_UNIX;
  R(connect(fresh(), (void *)&address, sizeof address));
  R(connect(fresh(), (void *)8, sizeof address));
  (void)l;
  return 0;
}
