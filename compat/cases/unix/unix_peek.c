// MSG_PEEK and SO_PEEK_OFF.
#include "unix.h"

static void set_offset(int s, int offset) {
  case_result("setsockopt(SO_PEEK_OFF)", setsockopt(s, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof offset));
}
static void show_offset(int s) {
  int offset = 77;
  socklen_t length = sizeof offset;
  int r = getsockopt(s, SOL_SOCKET, SO_PEEK_OFF, &offset, &length);
  if (r == -1)
    say("offset: %s", errno_name(errno));
  else
    say("offset: %d", offset);
}
static void look(int s, size_t room, int flags) {
  char text[65] = {0};
  ssize_t n = recv(s, text, room, flags | MSG_DONTWAIT);
  if (n == -1)
    say("%s: %s", flags & MSG_PEEK ? "peek" : "read", errno_name(errno));
  else
    say("%s: %zd '%s'", flags & MSG_PEEK ? "peek" : "read", n, text);
}
int main(void) {
  int s[2];
  CHECK("recvfrom(MSG_PEEK)", "a stream, across writes");
  given_pair(SOCK_STREAM, s);
  look(s[1], 8, MSG_PEEK);
  NEED(write(s[0], "one", 3));
  NEED(write(s[0], "two", 3));
  look(s[1], 2, MSG_PEEK);
  look(s[1], 5, MSG_PEEK);
  look(s[1], 64, MSG_PEEK);
  look(s[1], 64, MSG_PEEK | MSG_WAITALL);
  look(s[1], 4, 0);
  look(s[1], 64, MSG_PEEK);
  CHECK("recvfrom(MSG_PEEK)", "no bytes of a stream");
  look(s[1], 0, MSG_PEEK);
  look(s[1], 0, 0);
  NEED(read(s[1], (char[8]){0}, 8));
  look(s[1], 0, MSG_PEEK);
  look(s[1], 0, 0);
  CHECK("setsockopt(SO_PEEK_OFF)", "a stream: each look goes on where the last one ended");
  given_pair(SOCK_STREAM, s);
  show_offset(s[1]);
  NEED(write(s[0], "abcdef", 6));
  NEED(write(s[0], "ghij", 4));
  set_offset(s[1], 0);
  look(s[1], 2, MSG_PEEK);
  show_offset(s[1]);
  look(s[1], 2, MSG_PEEK);
  look(s[1], 64, MSG_PEEK);
  look(s[1], 64, MSG_PEEK);
  show_offset(s[1]);
  set_offset(s[1], 7);
  look(s[1], 64, MSG_PEEK);
  CHECK("recvfrom(SO_PEEK_OFF)", "a read moves it back");
  set_offset(s[1], 5);
  look(s[1], 2, 0);
  show_offset(s[1]);
  look(s[1], 2, MSG_PEEK);
  set_offset(s[1], 1);
  look(s[1], 5, 0);
  show_offset(s[1]);
  look(s[1], 64, MSG_PEEK);
  CHECK("setsockopt(SO_PEEK_OFF)", "off again, and beyond the end");
  set_offset(s[1], -1);
  show_offset(s[1]);
  look(s[1], 64, MSG_PEEK);
  set_offset(s[1], -5);
  show_offset(s[1]);
  set_offset(s[1], 100);
  look(s[1], 64, MSG_PEEK);
  CHECK("setsockopt(SO_PEEK_OFF)", "datagrams");
  given_pair(SOCK_DGRAM, s);
  NEED(write(s[0], "first", 5));
  NEED(write(s[0], "second", 6));
  set_offset(s[1], 0);
  look(s[1], 2, MSG_PEEK);
  show_offset(s[1]);
  look(s[1], 64, MSG_PEEK);
  show_offset(s[1]);
  look(s[1], 64, MSG_PEEK);
  show_offset(s[1]);
  look(s[1], 64, 0);
  show_offset(s[1]);
  look(s[1], 64, MSG_PEEK);
  set_offset(s[1], 3);
  look(s[1], 64, MSG_PEEK);
  look(s[1], 64, 0);
  CHECK("setsockopt(SO_PEEK_OFF)", "records");
  given_pair(SOCK_SEQPACKET, s);
  NEED(write(s[0], "first", 5));
  NEED(write(s[0], "second", 6));
  set_offset(s[1], 4);
  look(s[1], 64, MSG_PEEK);
  look(s[1], 2, MSG_PEEK | MSG_TRUNC);
  show_offset(s[1]);
  return 0;
}
