// tags: network
// Which streams may share a port: SO_REUSEADDR, SO_REUSEPORT, listeners and users.
#include "net.h"

static int holder, port = 7500;

static int made(int reuse_address, int reuse_port) {
  int fd = tcp4();
  NEED(set_option(fd, SOL_SOCKET, SO_REUSEADDR, reuse_address));
  NEED(set_option(fd, SOL_SOCKET, SO_REUSEPORT, reuse_port));
  return fd;
}
/* One socket has the port, another wants it. */
static void pair(int first_address, int first_port, int listening, int second_address, int second_port) {
  holder = made(first_address, first_port);
  NEED(bind4(holder, "127.0.0.1", ++port));
  if (listening) NEED(listen(holder, 1));
  int fd = made(second_address, second_port), bound = bind4(fd, "127.0.0.1", port), error = errno;
  int heard = bound == 0 ? listen(fd, 1) : -1, heard_error = errno;
  say("%d%d%s, then %d%d: bind %s, listen %s", first_address, first_port, listening ? " listening" : "",
      second_address, second_port, bound ? errno_name(error) : "ok",
      bound   ? "-"
      : heard ? errno_name(heard_error)
              : "ok");
  close(fd);
  close(holder);
}

int main(void) {
  CHECK("setsockopt(SO_REUSEADDR|SO_REUSEPORT) bind listen", "all pairs");
  for (int i = 0; i < 32; i++) pair(i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3 & 1, i >> 4 & 1);
  CHECK("bind", "wildcards and addresses");
  const char *ips[] = {"0.0.0.0", "127.0.0.1", "127.0.0.2"};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) {
      holder = made(0, 0);
      NEED(bind4(holder, ips[i], ++port));
      int fd = made(0, 0), r = bind4(fd, ips[k], port);
      say("%s, then %s: %s", ips[i], ips[k], r ? errno_name(errno) : "ok");
      close(fd);
      close(holder);
    }
  CHECK("setsockopt(SO_REUSEPORT) bind", "another user");
  holder = made(0, 1);
  NEED(bind4(holder, "127.0.0.1", ++port));
  NEED(listen(holder, 1));
  reap("child", CHILD({
         NEED(setuid(12345));
         R(bind4(made(0, 1), "127.0.0.1", port));
       }));
  CHECK("setsockopt(SO_REUSEADDR) bind", "a connection has the port, its listener is gone");
  int l = made(1, 0);
  NEED(bind4(l, "127.0.0.1", ++port));
  NEED(listen(l, 1));
  int c = tcp4();
  NEED(connect4(c, "127.0.0.1", port));
  int s = NEED(accept(l, NULL, NULL));
  R(option(s, SOL_SOCKET, SO_REUSEADDR));
  close(l);
  R(bind4(made(0, 0), "127.0.0.1", port));
  int again = made(1, 0);
  R(bind4(again, "127.0.0.1", port));
  R(listen(again, 1));
  return 0;
}
