// tags: network
// Nobody has the port: a connected socket is told, by whatever it does next.
#include "net.h"

static int sender(int port) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(connect4(fd, "127.0.0.1", port));
  return fd;
}

int main(void) {
  char data[10];
  CHECK("connect sendto", "the next send fails");
  int fd = sender(7301);
  R(send(fd, "a", 1, 0));
  settle();
  say_poll("after", fd);
  R(send(fd, "b", 1, 0));
  R(send(fd, "c", 1, 0));
  settle();
  R(send(fd, "", 0, 0));
  CHECK("connect recvfrom", "the next receive fails");
  fd = sender(7302);
  R(send(fd, "a", 1, 0));
  settle();
  R(recv(fd, data, 10, 0));
  R(recv(fd, data, 10, MSG_DONTWAIT));
  CHECK("getsockopt(SO_ERROR)", "takes it away");
  fd = sender(7303);
  R(send(fd, "a", 1, 0));
  settle();
  R(so_error(fd));
  R(so_error(fd));
  say_poll("after", fd);
  CHECK("sendto", "a socket that is not connected hears nothing");
  fd = udp4("127.0.0.1", 7304);
  R(send4(fd, "a", "127.0.0.1", 7305));
  settle();
  R(so_error(fd));
  CHECK("connect sendto(MSG_PEEK)", "another destination than the peer");
  fd = sender(7306);
  R(send4(fd, "a", "127.0.0.1", 7307));
  settle();
  R(so_error(fd));
  CHECK("recvfrom", "a wait that the error ends");
  fd = sender(7308);
  struct gate ready = new_gate();
  pid_t child = CHILD({
    tell(ready);
    case_result("recv", recv(fd, data, 10, 0));
  });
  await(ready);
  sleep_ms(30);
  NEED(send(fd, "a", 1, 0));
  reap("child", child);
  CHECK("connect", "elsewhere, with an error pending");
  fd = sender(7309);
  R(send(fd, "a", 1, 0));
  settle();
  int there = udp4("127.0.0.1", 7310);
  R(connect4(fd, "127.0.0.1", 7310));
  R(send(fd, "b", 1, 0));
  R(send(fd, "c", 1, 0));
  settle();
  say_recv("there", there, 0);
  CHECK("connect sendto", "IPv6");
  fd = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  NEED(connect6(fd, "::1", 7311));
  R(send(fd, "a", 1, 0));
  settle();
  R(so_error(fd));
  fd = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  NEED(connect6(fd, "::ffff:127.0.0.1", 7311));
  R(send(fd, "a", 1, 0));
  settle();
  R(so_error(fd));
  return 0;
}
