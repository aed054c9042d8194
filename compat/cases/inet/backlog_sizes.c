// tags: network
// How many connections wait to be accepted.
#include "net.h"

/* Connect until one does not get through at once. */
static int fits(int port) {
  int done = 0;
  for (;;) {
    int fd = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    if (connect4(fd, "127.0.0.1", port) == -1 && errno != EINPROGRESS) return -errno;
    struct pollfd p = {fd, POLLOUT, 0};
    if (poll(&p, 1, 50) != 1) {
      close(fd);
      return done;
    }
    done++;
    if (done > 200) return done;
  }
}

int main(void) {
  CHECK("listen connect", "one more than asked for");
  int sizes[] = {0, 1, 5};
  for (int i = 0; i < 3; i++) {
    listen4(7810 + i, sizes[i]);
    say("%d: %d", sizes[i], fits(7810 + i));
  }
  CHECK("listen", "again, with another number");
  int l = listen4(7815, 1);
  R(fits(7815));
  R(listen(l, 3));
  R(fits(7815));
  R(listen(l, 0));
  CHECK("accept listen", "room is made");
  for (int i = 0; i < 4; i++) OK(accept(l, NULL, NULL));
  R(fits(7815));
  CHECK("listen", "somaxconn is the most");
  put("/proc/sys/net/core/somaxconn", "2\n");
  listen4(7816, 100);
  R(fits(7816));
  listen4(7817, -1);
  R(fits(7817));
  CHECK("listen", "which sockets may");
  R(listen(udp4("127.0.0.1", 7818), 1));
  R(listen(-1, 1));
  int fd = tcp4();
  R(listen(fd, 1));
  R(listen(fd, 1));
  return 0;
}
