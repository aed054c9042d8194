// TCP_WINDOW_CLAMP: a bound of the window that a receiver offers (tcp(7)).
#include "../case.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

static int clamp(int fd) {
  int value = -1;
  socklen_t len = sizeof value;
  R(getsockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &value, &len));
  return value;
}

static void set(int fd, int value) {
  say("to %d", value);
  R(setsockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &value, sizeof value));
}

int main(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  int fd = NEED(socket(AF_INET, SOCK_STREAM, 0));

  CHECK("getsockopt(TCP_WINDOW_CLAMP) setsockopt(TCP_WINDOW_CLAMP)", "values of a new socket");
  say("%d", clamp(fd));
  const int values[] = {10000, 1, 1151, 1152, 1153, -5, 0};
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
    set(fd, values[i]);
    say("%d", clamp(fd));
  }

  CHECK("setsockopt(TCP_WINDOW_CLAMP)", "none is only for sockets without a connection");
  int listener = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(bind(listener, (void *)&a, sizeof a));
  NEED(listen(listener, 1));
  NEED(getsockname(listener, (void *)&a, &len));
  set(listener, 0);
  NEED(connect(fd, (void *)&a, len));
  set(fd, 0);
  set(fd, 20000);
  say("%d", clamp(fd));

  CHECK("sendto", "bytes beyond it still arrive");
  int peer = NEED(accept(listener, NULL, NULL));
  if (fork() == 0) {
    static char bytes[300000];
    say("sent %zd", send(peer, bytes, sizeof bytes, 0));
    _exit(0);
  }
  close(peer);
  static char bytes[4096];
  long sum = 0, n;
  while ((n = read(fd, bytes, sizeof bytes)) > 0) sum += n;
  wait(NULL);
  say("received %ld", sum);
  return 0;
}
