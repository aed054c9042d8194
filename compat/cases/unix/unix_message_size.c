// The longest datagram and record, and what the send buffer has to do with it.
#include "unix.h"

static char big[500000];
static void try(int type) {
  int s[2], size = 20000;
  given_pair(type, s);
  socklen_t length = sizeof size;
  NEED(getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, &length));
  R(size);
  R(send(s[0], big, size - 32, MSG_DONTWAIT));
  R(recv(s[1], big, sizeof big, MSG_DONTWAIT));
  R(send(s[0], big, size - 31, MSG_DONTWAIT));
  size = 20000;
  R(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
  NEED(getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, &length));
  R(size);
  R(send(s[0], big, size - 32, MSG_DONTWAIT));
  R(recv(s[1], big, sizeof big, MSG_DONTWAIT));
  R(send(s[0], big, size - 31, MSG_DONTWAIT));
  R(send(s[0], big, 0, MSG_DONTWAIT));
  R(recv(s[1], big, sizeof big, MSG_DONTWAIT));
}
int main(void) {
  CHECK("sendto(dgram)", "datagrams");
  try(SOCK_DGRAM);
  CHECK("sendto(seqpacket)", "records");
  try(SOCK_SEQPACKET);
  CHECK("sendto", "the receiver's buffer does not matter");
  int s[2], small = 1;
  given_pair(SOCK_DGRAM, s);
  NEED(setsockopt(s[1], SOL_SOCKET, SO_RCVBUF, &small, sizeof small));
  R(send(s[0], big, 100000, MSG_DONTWAIT));
  R(recv(s[1], big, sizeof big, MSG_DONTWAIT));
  CHECK("recvfrom(MSG_TRUNC)", "the rest of a datagram is lost");
  NEED(send(s[0], "a datagram", 10, 0));
  NEED(send(s[0], "next", 4, 0));
  R(recv(s[1], big, 2, 0));
  R(recv(s[1], big, 10, 0));
  NEED(send(s[0], "a datagram", 10, 0));
  R(recv(s[1], big, 0, MSG_TRUNC));
  NEED(send(s[0], "a datagram", 10, 0));
  R(recv(s[1], big, 4, MSG_TRUNC | MSG_PEEK));
  struct got got = receive_with(s[1], 4, 0, 0);
  say_got("cut", &got);
  CHECK("read", "of no bytes takes a datagram away");
  NEED(send(s[0], "one", 3, 0));
  NEED(send(s[0], "two", 3, 0));
  R(read(s[1], big, 0));
  R(read(s[1], big, 10));
  CHECK("recvfrom(MSG_TRUNC)", "on a stream it throws bytes away, or not");
  given_pair(SOCK_STREAM, s);
  NEED(write(s[0], "stream", 6));
  R(recv(s[1], big, 3, MSG_TRUNC));
  R(recv(s[1], big, 30, MSG_TRUNC));
  return 0;
}
