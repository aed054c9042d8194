// tags: network
// SO_BINDTODEVICE and SO_BINDTOIFINDEX.
#include "net.h"

static void device(int fd, socklen_t room) {
  char name[64] = "????????????????????";
  socklen_t length = room;
  int result = getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length);
  if (result)
    say("%s, length %d", errno_name(errno), (int)length);
  else
    say("\"%.*s\", length %d, index %d", (int)length, name, (int)length,
        option(fd, SOL_SOCKET, SO_BINDTOIFINDEX));
}

int main(void) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  CHECK("getsockopt setsockopt(SO_BINDTODEVICE)", "names");
  device(fd, 16);
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "none0", 5));
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
  device(fd, 16);
  device(fd, 64);
  device(fd, 15);
  device(fd, 0);
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo\0xyz", 6));
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "l", 1));
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0));
  device(fd, 16);
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", -1));
  R(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, (void *)8, 2));
  CHECK("getsockopt setsockopt(SO_BINDTOIFINDEX)", "numbers");
  R(set_option(fd, SOL_SOCKET, SO_BINDTOIFINDEX, 1));
  device(fd, 16);
  R(set_option(fd, SOL_SOCKET, SO_BINDTOIFINDEX, 99));
  R(set_option(fd, SOL_SOCKET, SO_BINDTOIFINDEX, -1));
  R(set_option(fd, SOL_SOCKET, SO_BINDTOIFINDEX, 0));
  device(fd, 16);
  CHECK("setsockopt(SO_BINDTODEVICE) sendto", "traffic on the device");
  NEED(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
  NEED(bind4(fd, "0.0.0.0", 7100));
  int other = udp4("127.0.0.1", 7101);
  R(send4(other, "hi", "127.0.0.1", 7100));
  say_recv("bound to lo", fd, 0);
  R(send4(fd, "back", "127.0.0.1", 7101));
  say_recv("other", other, 0);
  R(send4(fd, "out", "192.0.2.1", 7101));
  CHECK("setsockopt(SO_BINDTODEVICE) connect accept", "is inherited by connections");
  int l = tcp4();
  NEED(setsockopt(l, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
  NEED(bind4(l, "127.0.0.1", 7102));
  NEED(listen(l, 5));
  int c = tcp4();
  R(connect4(c, "127.0.0.1", 7102));
  device(NEED(accept(l, NULL, NULL)), 16);
  device(c, 16);
  return 0;
}
