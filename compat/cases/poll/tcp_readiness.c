// covers: poll epoll_wait
// TCP over loopback: readiness from the first call to the last.
#include "case.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
static struct sockaddr_in address;

static void state(const char *label, int fd) {
  struct pollfd f = {fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
  int n = poll(&f, 1, 0);
  say("%s: %d %#x", label, n, f.revents);
}
static int tcp(void) {
  return NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
}
static int listening(void) {
  int fd = tcp();
  socklen_t size = sizeof address;
  address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  NEED(bind(fd, (struct sockaddr *)&address, size));
  NEED(getsockname(fd, (struct sockaddr *)&address, &size));
  return fd;
}

int main(void) {
  static char data[100000];
  int listener = listening(), client = tcp(), server;
  CHECK("poll", "before and after listen and connect");
  state("new", client);
  state("bound", listener);
  NEED(listen(listener, 5));
  state("listening", listener);
  R(connect(client, (struct sockaddr *)&address, sizeof address));
  struct pollfd f = {client, POLLOUT, 0};
  R(poll(&f, 1, 2000));
  state("connected", client);
  state("somebody waits", listener);
  server = NEED(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
  state("accepted", listener);
  state("server", server);
  CHECK("poll", "data, and the end of it");
  NEED(write(client, "abc", 3));
  f = (struct pollfd){server, POLLIN, 0};
  R(poll(&f, 1, 2000));
  state("server has data", server);
  NEED(read(server, data, 3));
  state("server has read", server);
  NEED(shutdown(client, SHUT_WR));
  f = (struct pollfd){server, POLLRDHUP, 0};
  R(poll(&f, 1, 2000));
  state("client writes no more", server);
  state("client", client);
  NEED(shutdown(server, SHUT_WR));
  f = (struct pollfd){client, POLLHUP, 0};
  R(poll(&f, 1, 2000));
  state("nor server: client", client);
  state("server", server);
  CHECK("poll", "nobody listens");
  int nobody = listening(), refused = tcp();
  close(nobody);
  int r = connect(refused, (struct sockaddr *)&address, sizeof address);
  T(r == -1 && (errno == EINPROGRESS || errno == ECONNREFUSED));
  f = (struct pollfd){refused, POLLOUT, 0};
  R(poll(&f, 1, 2000));
  state("refused", refused);
  CHECK("poll", "a reset");
  listener = listening();
  NEED(listen(listener, 5));
  client = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect(client, (struct sockaddr *)&address, sizeof address));
  server = NEED(accept(listener, NULL, NULL));
  struct linger hard = {1, 0};
  NEED(setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard));
  close(client);
  f = (struct pollfd){server, POLLIN, 0};
  R(poll(&f, 1, 2000));
  state("reset", server);
  R(read(server, data, 1));
  state("error taken", server);
  CHECK("epoll_wait(EPOLLET)", "each arrival is news");
  client = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect(client, (struct sockaddr *)&address, sizeof address));
  server = NEED(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, server, &event));
  R(epoll_wait(ep, &event, 1, 20));
  NEED(write(client, "a", 1));
  R(epoll_wait(ep, &event, 1, 2000));
  R(epoll_wait(ep, &event, 1, 20));
  NEED(write(client, "b", 1));
  R(epoll_wait(ep, &event, 1, 2000));
  NEED(read(server, data, 1));
  R(epoll_wait(ep, &event, 1, 20));
  close(client);
  R(epoll_wait(ep, &event, 1, 2000));
  say("%#x", event.events);
  return 0;
}
