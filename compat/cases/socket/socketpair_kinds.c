// covers: socketpair sendto recvfrom getsockopt shutdown poll write
// Stream, datagram and sequenced-packet pairs.
#include "case.h"

static void begin(const char *call, const char *kind, const char *what) {
  char calls[64], title[64];
  sprintf(calls, call, kind);
  sprintf(title, "%s: %s", kind, what);
  CHECK(calls, title);
}
static void pair(const char *kind, int type) {
  int s[2];
  char text[32] = {0};
  begin("socketpair(%s)", kind, "a pair");
  R(socketpair(AF_UNIX, type, 0, s));
  begin("sendto recvfrom", kind, "two messages and a short buffer");
  R(send(s[0], "first", 5, 0));
  R(write(s[0], "second", 6));
  R(recv(s[1], text, 3, 0));
  R(recv(s[1], text, sizeof text, 0));
  say("%s", text);
  begin("recvfrom(MSG_PEEK|MSG_DONTWAIT)", kind, "peeks, and does not wait");
  NEED(write(s[0], "peek", 4));
  R(recv(s[1], text, sizeof text, MSG_PEEK));
  while (recv(s[1], text, sizeof text, MSG_DONTWAIT) > 0) {
  }
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  begin("getsockopt(SO_TYPE)", kind, "its type");
  int value, length = sizeof value;
  R(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, (socklen_t *)&length));
  R(value);
  begin("shutdown(SHUT_WR)", kind, "one direction");
  R(shutdown(s[0], SHUT_WR));
  R(send(s[0], "x", 1, MSG_NOSIGNAL));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  R(send(s[1], "back", 4, MSG_NOSIGNAL));
  R(recv(s[0], text, sizeof text, 0));
  begin("sendto(MSG_NOSIGNAL) recvfrom", kind, "the other end is closed");
  close(s[1]);
  R(send(s[0], "x", 1, MSG_NOSIGNAL));
  R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
  begin("poll", kind, "the other end is closed, polled");
  struct pollfd poller = {s[0], POLLIN, 0};
  R(poll(&poller, 1, 0));
  R(poller.revents & (POLLIN | POLLHUP));
  close(s[0]);
}
int main(void) {
  pair("SOCK_STREAM", SOCK_STREAM);
  pair("SOCK_DGRAM", SOCK_DGRAM);
  pair("SOCK_SEQPACKET", SOCK_SEQPACKET);
  int s[2];
  CHECK("socketpair(SOCK_CLOEXEC|SOCK_NONBLOCK)", "both flags");
  R(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
  R(fcntl(s[0], F_GETFD));
  R(read(s[0], (char[1]){0}, 1));
  CHECK("socketpair", "kinds, protocols and families that are refused");
  R(socketpair(AF_UNIX, 99, 0, s));
  R(socketpair(AF_UNIX, SOCK_STREAM, 7, s));
  R(socketpair(99, SOCK_STREAM, 0, s));
  CHECK("write", "SIGPIPE");
  reap("writer", CHILD({
         NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
         close(s[1]);
         write(s[0], "x", 1);
       }));
  return 0;
}
