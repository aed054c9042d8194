// covers: poll select
// UDP over loopback: datagrams that wait, and errors that came back.
#include "case.h"

#include <arpa/inet.h>
#include <netinet/in.h>
static void state(const char *label, int fd) {
  struct pollfd f = {fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
  int n = poll(&f, 1, 0);
  say("%s: %d %#x", label, n, f.revents);
}
static int bound(struct sockaddr_in *address) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  socklen_t size = sizeof *address;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  NEED(bind(fd, (struct sockaddr *)address, size));
  NEED(getsockname(fd, (struct sockaddr *)address, &size));
  return fd;
}

int main(void) {
  struct sockaddr_in first, second;
  char text[16];
  int a = bound(&first), b = bound(&second);
  CHECK("poll", "datagrams");
  state("none", a);
  NEED(sendto(b, "one", 3, 0, (struct sockaddr *)&first, sizeof first));
  NEED(sendto(b, "", 0, 0, (struct sockaddr *)&first, sizeof first));
  struct pollfd f = {a, POLLIN, 0};
  R(poll(&f, 1, 2000));
  state("two", a);
  R(recv(a, text, 16, 0));
  state("an empty one", a);
  R(recv(a, text, 16, 0));
  state("none left", a);
  CHECK("poll", "nobody is there");
  NEED(connect(a, (struct sockaddr *)&second, sizeof second));
  close(b);
  NEED(send(a, "lost", 4, 0));
  f = (struct pollfd){a, 0, 0};
  R(poll(&f, 1, 2000));
  state("refused", a);
  fd_set r, w, e;
  FD_ZERO(&r);
  FD_SET(a, &r);
  w = e = r;
  struct timeval zero = {0, 0};
  R(select(a + 1, &r, &w, &e, &zero));
  say("%d %d %d", FD_ISSET(a, &r), FD_ISSET(a, &w), FD_ISSET(a, &e));
  R(recv(a, text, 16, 0));
  state("error taken", a);
  CHECK("poll", "shut down");
  R(shutdown(a, SHUT_RD));
  state("no more reading", a);
  R(recv(a, text, 16, 0));
  R(shutdown(a, SHUT_WR));
  state("nor writing", a);
  return 0;
}
