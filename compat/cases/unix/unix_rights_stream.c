// Descriptors have a place in a stream: where reads stop.
#include "unix.h"

int main(void) {
  int s[2], fd = NEED(dup(0));
  given_pair(SOCK_STREAM, s);
  CHECK("recvmsg", "a read stops before and after bytes with descriptors");
  NEED(write(s[0], "one", 3));
  NEED(write(s[0], "two", 3));
  NEED(send_fd(s[0], "three", fd));
  NEED(send_fd(s[0], "four", fd));
  NEED(write(s[0], "five", 4));
  for (int i = 0; i < 5; i++) {
    struct got got = receive(s[1], MSG_DONTWAIT);
    say_got("got", &got);
  }
  CHECK("recvmsg", "a part of bytes with descriptors");
  NEED(send_fd(s[0], "abcdef", fd));
  struct got got = receive_with(s[1], 2, 2048, 0);
  say_got("part", &got);
  NEED(write(s[0], "ghi", 3));
  got = receive(s[1], 0);
  say_got("rest", &got);
  got = receive(s[1], MSG_DONTWAIT);
  say_got("next", &got);
  CHECK("read", "plain reads stop there too");
  NEED(write(s[0], "one", 3));
  NEED(send_fd(s[0], "two", fd));
  NEED(write(s[0], "three", 5));
  char text[32];
  R(read(s[1], text, sizeof text));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  CHECK("recvmsg(MSG_WAITALL)", "and reads that want all");
  NEED(write(s[0], "one", 3));
  NEED(send_fd(s[0], "two", fd));
  NEED(write(s[0], "three", 5));
  got = receive_with(s[1], 11, 2048, MSG_WAITALL | MSG_DONTWAIT);
  say_got("all", &got);
  got = receive_with(s[1], 8, 2048, MSG_WAITALL | MSG_DONTWAIT);
  say_got("all", &got);
  while (recv(s[1], text, sizeof text, MSG_DONTWAIT) > 0) {
  }
  CHECK("sendmsg", "long data: descriptors go with its first part");
  static char big[150000];
  struct iovec data = {big, sizeof big};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {
      .align = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.align), &fd, sizeof fd);
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
  R(sendmsg(s[0], &message, 0));
  got = receive_with(s[1], 10, 2048, 0);
  say("%zd, %d", got.length, got.fd_count);
  long total = 10;
  ssize_t n;
  while ((n = recv(s[1], big, sizeof big, MSG_DONTWAIT)) > 0) total += n;
  R(total);
  return 0;
}
