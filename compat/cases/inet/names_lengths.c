// tags: network
// Addresses that calls give back: lengths, room and bad pointers.
#include "net.h"

int main(void) {
  struct connection c = connection4(7850);
  struct {
    struct sockaddr_in address;
    char more[40];
  } room;
  socklen_t length;
  CHECK("getsockname getpeername", "room");
  int sizes[] = {0, 1, 4, 15, 16, 17, 100, -1};
  for (int i = 0; i < 8; i++) {
    memset(&room, 0xee, sizeof room);
    length = sizes[i];
    int r = getsockname(c.server, (void *)&room, &length);
    say("%d: %s, length %d, family %02x, port %02x, after %02x", sizes[i], r ? errno_name(errno) : "ok",
        (int)length, ((unsigned char *)&room)[0], ((unsigned char *)&room)[2], (unsigned char)room.more[0]);
  }
  R(getsockname(c.server, (void *)8, (length = 16, &length)));
  R(getsockname(c.server, (void *)&room, (void *)8));
  R(getpeername(c.client, (void *)8, (length = 16, &length)));
  R(getpeername(c.listener, (void *)&room, (length = 16, &length)));
  R(getsockname(-1, (void *)&room, &length));
  R(getsockname(1, (void *)&room, &length));
  CHECK("accept", "room for the peer's address");
  for (int i = 0; i < 8; i++) {
    NEED(connect4(tcp4(), "127.0.0.1", 7850));
    memset(&room, 0xee, sizeof room);
    length = sizes[i];
    int fd = accept(c.listener, (void *)&room, &length);
    say("%d: %s, length %d, family %02x", sizes[i], fd < 0 ? errno_name(errno) : "ok", (int)length,
        ((unsigned char *)&room)[0]);
  }
  CHECK("accept4", "bad pointers: the connection is gone");
  NEED(connect4(tcp4(), "127.0.0.1", 7850));
  length = 16;
  R(accept(c.listener, (void *)8, &length));
  NEED(connect4(tcp4(), "127.0.0.1", 7850));
  R(accept(c.listener, (void *)&room, (void *)8));
  NEED(fcntl(c.listener, F_SETFL, O_NONBLOCK));
  R(accept(c.listener, NULL, NULL));
  R(accept4(c.listener, NULL, NULL, ~0));
  R(accept4(c.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
  CHECK("bind connect", "lengths");
  int fd = tcp4();
  struct sockaddr_in address = at4("127.0.0.1", 7851);
  R(bind(fd, (void *)&address, 15));
  R(bind(fd, (void *)&address, 0));
  R(bind(fd, (void *)&address, -1));
  R(bind(fd, (void *)&room, 200));
  R(bind(fd, (void *)8, 16));
  address.sin_family = AF_INET6;
  R(bind(fd, (void *)&address, sizeof address));
  address.sin_family = AF_UNSPEC;
  R(bind(fd, (void *)&address, sizeof address));
  address.sin_addr.s_addr = 0;
  R(bind(fd, (void *)&address, sizeof address));
  say_names("family left out", fd);
  return 0;
}
