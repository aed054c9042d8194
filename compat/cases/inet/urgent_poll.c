// tags: network
// Urgent bytes as poll, select and epoll show them.
#include "net.h"

#include <sys/select.h>

static void look(int fd) {
  struct timeval none = {0, 0};
  fd_set in, except;
  FD_ZERO(&in);
  FD_SET(fd, &in);
  except = in;
  select(fd + 1, &in, NULL, &except, &none);
  say_poll("poll", fd);
  say("select:%s%s", FD_ISSET(fd, &in) ? " in" : "", FD_ISSET(fd, &except) ? " except" : "");
}

int main(void) {
  struct connection c = connection4(7005);
  char data[100];
  CHECK("poll(POLLPRI) select", "only an urgent byte");
  look(c.server);
  R(send(c.client, "X", 1, MSG_OOB));
  settle();
  look(c.server);
  say_recv("urgent", c.server, MSG_OOB);
  look(c.server);
  CHECK("poll(POLLPRI) select", "bytes before and after it");
  R(send(c.client, "abX", 3, MSG_OOB));
  settle();
  look(c.server);
  R(recv(c.server, data, 2, 0));
  look(c.server);
  R(send(c.client, "cd", 2, 0));
  settle();
  look(c.server);
  R(recv(c.server, data, 100, 0));
  look(c.server);
  CHECK("setsockopt(SO_OOBINLINE) poll(POLLPRI)", "inline");
  OK(set_option(c.server, SOL_SOCKET, SO_OOBINLINE, 1));
  R(send(c.client, "Y", 1, MSG_OOB));
  settle();
  look(c.server);
  R(recv(c.server, data, 100, 0));
  look(c.server);
  OK(set_option(c.server, SOL_SOCKET, SO_OOBINLINE, 0));
  CHECK("poll(POLLPRI)", "a wait that an urgent byte ends");
  struct gate ready = new_gate();
  pid_t child = CHILD({
    struct pollfd p = {c.server, POLLPRI, 0};
    tell(ready);
    int n = poll(&p, 1, 5000);
    say("poll %d %#x", n, p.revents);
  });
  await(ready);
  sleep_ms(20);
  NEED(send(c.client, "plain", 5, 0));
  sleep_ms(10);
  NEED(send(c.client, "Z", 1, MSG_OOB));
  reap("child", child);
  CHECK("epoll_ctl(EPOLLPRI|EPOLLET) epoll_wait", "edges");
  int ep = NEED(epoll_create1(0));
  struct epoll_event e = {EPOLLPRI | EPOLLET, {.fd = c.server}}, got;
  OK(epoll_ctl(ep, EPOLL_CTL_ADD, c.server, &e));
  R(epoll_wait(ep, &got, 1, 1000));
  R(epoll_wait(ep, &got, 1, 0));
  R(send(c.client, "Q", 1, MSG_OOB));
  R(epoll_wait(ep, &got, 1, 1000));
  say("%#x", got.events);
  R(epoll_wait(ep, &got, 1, 0));
  return 0;
}
