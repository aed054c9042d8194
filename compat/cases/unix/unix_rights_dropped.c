// Descriptors that nobody takes: read, recv, no room for them.
#include "unix.h"

static int s[2], ends[2];
static void start(int type) {
  given_pair(type, s);
  NEED(pipe(ends));
  NEED(send_fd(s[0], "abc", ends[1]));
  close(ends[1]);
}
static void gone(void) {
  struct pollfd p = {ends[0], POLLIN, 0};
  int r = poll(&p, 1, 0);
  say("closed: %s", r == 1 && p.revents == POLLHUP ? "yes" : "no");
}
int main(void) {
  char text[8];
  CHECK("read", "a stream");
  start(SOCK_STREAM);
  gone();
  R(read(s[1], text, 8));
  gone();
  CHECK("read", "a part of the bytes");
  start(SOCK_STREAM);
  R(read(s[1], text, 1));
  gone();
  struct got got = receive(s[1], 0);
  say_got("rest", &got);
  CHECK("recvfrom", "a datagram");
  start(SOCK_DGRAM);
  R(recv(s[1], text, 8, 0));
  gone();
  CHECK("readv", "a record");
  start(SOCK_SEQPACKET);
  struct iovec place = {text, 8};
  R(readv(s[1], &place, 1));
  gone();
  CHECK("recvmsg(MSG_CTRUNC)", "no control buffer");
  start(SOCK_STREAM);
  got = receive_with(s[1], 8, 0, 0);
  say_got("no room", &got);
  gone();
  CHECK("recvmsg(MSG_CTRUNC)", "a control buffer for a header only");
  start(SOCK_STREAM);
  got = receive_with(s[1], 8, CMSG_LEN(0), 0);
  say_got("header", &got);
  R(got.control_length);
  gone();
  CHECK("close", "the receiver closes");
  start(SOCK_STREAM);
  close(s[1]);
  gone();
  CHECK("close", "the sender closes: they stay");
  start(SOCK_STREAM);
  close(s[0]);
  gone();
  got = receive(s[1], 0);
  say_got("kept", &got);
  close(got.fds[0]);
  gone();
  CHECK("shutdown", "the receiver stops receiving: they stay till it closes");
  start(SOCK_STREAM);
  NEED(shutdown(s[1], SHUT_RD));
  gone();
  close(s[1]);
  gone();
  CHECK("sendmsg", "not sent, not kept: a peer that is gone");
  given_pair(SOCK_STREAM, s);
  close(s[1]);
  NEED(pipe(ends));
  R(send_fds(s[0], "abc", &ends[1], 1, MSG_NOSIGNAL));
  close(ends[1]);
  gone();
  CHECK("recvmsg", "bad pointers: what becomes of the descriptors");
  start(SOCK_DGRAM);
  struct msghdr message = {
      .msg_iov = &place, .msg_iovlen = 1, .msg_control = (void *)8, .msg_controllen = 64};
  R(recvmsg(s[1], &message, MSG_DONTWAIT));
  say("%#x %zu", message.msg_flags, message.msg_controllen);
  gone();
  R(recv(s[1], text, 8, MSG_DONTWAIT));
  return 0;
}
