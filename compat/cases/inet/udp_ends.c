// tags: network
// shutdown and readiness of datagram sockets.
#include "net.h"

int main(void) {
  char data[10];
  signal(SIGPIPE, SIG_IGN);
  int a = udp4("127.0.0.1", 7360), b = udp4("127.0.0.1", 7361);
  CHECK("shutdown", "not connected");
  R(shutdown(a, SHUT_RD));
  say_poll("read side", a);
  R(shutdown(a, SHUT_RDWR));
  say_poll("both", a);
  R(shutdown(a, 7));
  CHECK("shutdown(SHUT_RD) recvfrom", "the end, after what has come");
  OK(connect4(b, "127.0.0.1", 7362));
  int c = udp4("127.0.0.1", 7362);
  R(send4(c, "one", "127.0.0.1", 7361));
  settle();
  R(shutdown(b, SHUT_RD));
  say_poll("b", b);
  R(recv(b, data, 10, 0));
  R(recv(b, data, 10, 0));
  R(send4(c, "two", "127.0.0.1", 7361));
  settle();
  R(recv(b, data, 10, 0));
  R(recv(b, data, 10, 0));
  CHECK("shutdown(SHUT_WR) sendto", "no more");
  R(send(b, "x", 1, 0));
  R(shutdown(b, SHUT_WR));
  R(send(b, "x", 1, 0));
  R(send4(b, "x", "127.0.0.1", 7362));
  say_poll("b", b);
  R(shutdown(b, SHUT_WR));
  CHECK("shutdown(SHUT_RD) recvfrom", "ends a wait");
  int d = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(connect4(d, "127.0.0.1", 7362));
  struct gate ready = new_gate();
  pid_t child = CHILD({
    tell(ready);
    case_result("recv", recv(d, data, 10, 0));
  });
  await(ready);
  sleep_ms(30);
  NEED(shutdown(d, SHUT_RD));
  reap("child", child);
  CHECK("poll", "a new socket, a bound one and a message");
  int e = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  say_poll("new", e);
  NEED(bind4(e, "127.0.0.1", 7363));
  say_poll("bound", e);
  NEED(send4(c, "x", "127.0.0.1", 7363));
  settle();
  say_poll("message", e);
  CHECK("epoll_ctl(EPOLLET) epoll_wait", "an edge for each message");
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {EPOLLIN | EPOLLET, {.fd = e}}, got;
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, e, &event));
  R(epoll_wait(ep, &got, 1, 1000));
  R(epoll_wait(ep, &got, 1, 0));
  NEED(send4(c, "y", "127.0.0.1", 7363));
  R(epoll_wait(ep, &got, 1, 1000));
  R(epoll_wait(ep, &got, 1, 0));
  return 0;
}
