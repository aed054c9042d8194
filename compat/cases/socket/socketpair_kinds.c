// covers: socketpair sendto recvfrom sendmsg recvmsg shutdown getsockopt
// Stream, datagram and sequenced-packet pairs.
#include "case.h"

static void pair(const char *name, int type) {
  int s[2];
  char text[32] = {0};
  say("%s", name);
  R(socketpair(AF_UNIX, type, 0, s));
  R(write(s[0], "first", 5));
  R(send(s[0], "second", 6, 0));
  R(recv(s[1], text, 3, 0));
  R(recv(s[1], text, sizeof text, MSG_PEEK));
  R(recv(s[1], text, sizeof text, 0));
  say("%s", text);
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT) >= 0 || errno == EAGAIN);
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  int value, length = sizeof value;
  R(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, (socklen_t *)&length));
  R(value);
  R(shutdown(s[0], SHUT_WR));
  R(send(s[0], "x", 1, MSG_NOSIGNAL));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  R(send(s[1], "back", 4, MSG_NOSIGNAL));
  R(recv(s[0], text, sizeof text, 0));
  close(s[1]);
  R(send(s[0], "x", 1, MSG_NOSIGNAL));
  R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
  struct pollfd poller = {s[0], POLLIN, 0};
  R(poll(&poller, 1, 0));
  R(poller.revents & (POLLIN | POLLHUP));
  close(s[0]);
}
int main(void) {
  pair("stream", SOCK_STREAM);
  pair("datagram", SOCK_DGRAM);
  pair("seqpacket", SOCK_SEQPACKET);
  int s[2];
  R(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
  R(fcntl(s[0], F_GETFD));
  R(read(s[0], (char[1]){0}, 1));
  R(socketpair(AF_UNIX, 99, 0, s));
  R(socketpair(AF_UNIX, SOCK_STREAM, 7, s));
  R(socketpair(99, SOCK_STREAM, 0, s));
  reap("writer", CHILD({
         NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
         close(s[1]);
         write(s[0], "x", 1);
       }));
  return 0;
}
