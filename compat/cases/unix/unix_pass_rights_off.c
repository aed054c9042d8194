// SO_PASSRIGHTS: a receiver that takes no descriptors; SO_INQ: how much is left behind a read.
#include "unix.h"

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif
#ifndef SO_INQ
#define SO_INQ 84
#endif
int main(void) {
  int s[2], on = 1, off = 0, value = -1;
  socklen_t length = sizeof value;
  CHECK("setsockopt(SO_PASSRIGHTS)", "on by itself");
  given_pair(SOCK_STREAM, s);
  R(getsockopt(s[1], SOL_SOCKET, SO_PASSRIGHTS, &value, &length));
  R(value);
  CHECK("sendmsg(SO_PASSRIGHTS)", "off: whoever sends descriptors is told");
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof off));
  R(send_fd(s[0], "x", 0));
  R(send(s[0], "y", 1, 0));
  struct got got = receive(s[1], MSG_DONTWAIT);
  say_got("plain", &got);
  R(send_fd(s[1], "x", 0));
  CHECK("recvmsg(SO_PASSRIGHTS)", "off after they were sent");
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSRIGHTS, &on, sizeof on));
  NEED(send_fd(s[0], "x", 0));
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof off));
  got = receive(s[1], MSG_DONTWAIT);
  say_got("late", &got);
  CHECK("setsockopt(SO_INQ)", "bytes that are left");
  given_pair(SOCK_STREAM, s);
  R(setsockopt(s[1], SOL_SOCKET, SO_INQ, &on, sizeof on));
  R(getsockopt(s[1], SOL_SOCKET, SO_INQ, &value, &length));
  R(value);
  NEED(write(s[0], "0123456789", 10));
  got = receive_with(s[1], 4, 2048, 0);
  say_got("part", &got);
  R(got.control_length);
  R(setsockopt(given_socket(SOCK_DGRAM), SOL_SOCKET, SO_INQ, &on, sizeof on));
  return 0;
}
