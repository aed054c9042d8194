// tags: network
// SO_PEEK_OFF: peeking goes on where the last peek ended.
#include "net.h"

static void peek(int fd, size_t room) {
  char data[100];
  ssize_t got = recv(fd, data, room, MSG_PEEK | MSG_DONTWAIT);
  if (got < 0)
    say("peek %zu: %s, offset %d", room, errno_name(errno), option(fd, SOL_SOCKET, SO_PEEK_OFF));
  else
    say("peek %zu: \"%.*s\", offset %d", room, (int)got, data, option(fd, SOL_SOCKET, SO_PEEK_OFF));
}
static void take(int fd, size_t room) {
  char data[100];
  ssize_t got = recv(fd, data, room, MSG_DONTWAIT);
  if (got < 0)
    say("read %zu: %s, offset %d", room, errno_name(errno), option(fd, SOL_SOCKET, SO_PEEK_OFF));
  else
    say("read %zu: \"%.*s\", offset %d", room, (int)got, data, option(fd, SOL_SOCKET, SO_PEEK_OFF));
}
static void walk(int out, int in) {
  NEED(send(out, "abcdefgh", 8, 0));
  settle();
  say("offset %d", option(in, SOL_SOCKET, SO_PEEK_OFF));
  peek(in, 3);
  peek(in, 3);
  R(set_option(in, SOL_SOCKET, SO_PEEK_OFF, 0));
  peek(in, 3);
  peek(in, 3);
  take(in, 2);
  peek(in, 1);
  NEED(send(out, "ijkl", 4, 0));
  settle();
  peek(in, 3);
  peek(in, 30);
  peek(in, 30);
  R(set_option(in, SOL_SOCKET, SO_PEEK_OFF, 1));
  peek(in, 30);
  take(in, 30);
  take(in, 30);
  R(set_option(in, SOL_SOCKET, SO_PEEK_OFF, -1));
  NEED(send(out, "xyz", 3, 0));
  settle();
  peek(in, 2);
  peek(in, 2);
  take(in, 30);
  R(set_option(in, SOL_SOCKET, SO_PEEK_OFF, -2));
  say("offset %d", option(in, SOL_SOCKET, SO_PEEK_OFF));
}

int main(void) {
  CHECK("setsockopt(SO_PEEK_OFF) recvfrom(MSG_PEEK)", "TCP");
  struct connection c = connection4(7120);
  walk(c.client, c.server);
  CHECK("setsockopt(SO_PEEK_OFF) recvfrom(MSG_PEEK)", "UDP");
  int a = udp4("127.0.0.1", 7121), b = udp4("127.0.0.1", 7122);
  NEED(connect4(a, "127.0.0.1", 7122));
  walk(a, b);
  return 0;
}
