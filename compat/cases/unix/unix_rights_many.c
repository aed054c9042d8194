// How many descriptors one message carries, and in which order.
#include "unix.h"

int main(void) {
  int s[2], fds[300];
  given_pair(SOCK_STREAM, s);
  put("f", "abcdefghijklmnopqrstuvwxyz");
  int file = NEED(open("f", O_RDONLY));
  CHECK("sendmsg(SCM_RIGHTS)", "253 are the limit");
  for (int i = 0; i < 300; i++) fds[i] = file;
  R(send_fds(s[0], "x", fds, 253, 0));
  R(send_fds(s[0], "x", fds, 254, 0));
  R(send_fds(s[0], "x", fds, 0, 0));
  CHECK("recvmsg(SCM_RIGHTS)", "all of them arrive");
  struct got got = receive_with(s[1], 1, 2048, 0);
  say_got("many", &got);
  say("offsets shared: %d", lseek(got.fds[0], 3, SEEK_SET) == 3 && lseek(got.fds[252], 0, SEEK_CUR) == 3);
  for (int i = 0; i < got.fd_count; i++) close(got.fds[i]);
  got = receive_with(s[1], 1, 2048, MSG_DONTWAIT);
  say_got("none in it", &got);
  CHECK("sendmsg(SCM_RIGHTS) recvmsg", "the order is kept");
  for (int i = 0; i < 5; i++) {
    char name[2] = {(char)('0' + i), 0};
    put(name, name);
    fds[i] = NEED(open(name, O_RDONLY));
  }
  NEED(send_fds(s[0], "x", fds, 5, 0));
  got = receive(s[1], 0);
  for (int i = 0; i < got.fd_count; i++) {
    char byte = '?';
    NEED(read(got.fds[i], &byte, 1));
    say("%d: %c, ascending: %d", i, byte, i == 0 || got.fds[i] > got.fds[i - 1]);
  }
  CHECK("sendmsg(SCM_RIGHTS)", "several headers in one message");
  union {
    char bytes[256];
    struct cmsghdr align;
  } control = {0};
  struct iovec data = {"y", 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control};
  for (int i = 0; i < 2; i++) {
    struct cmsghdr *c = (void *)(control.bytes + i * CMSG_SPACE(sizeof(int)));
    *c = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(c), &fds[i], sizeof(int));
  }
  message.msg_controllen = 2 * CMSG_SPACE(sizeof(int));
  R(sendmsg(s[0], &message, 0));
  got = receive(s[1], 0);
  say_got("joined", &got);
  CHECK("sendmsg(SCM_RIGHTS)", "one bad number spoils all");
  fds[3] = 999;
  R(send_fds(s[0], "x", fds, 5, 0));
  fds[3] = -1;
  R(send_fds(s[0], "x", fds, 5, 0));
  R(recv(s[1], &data, 1, MSG_DONTWAIT));
  CHECK("sendmsg(SCM_RIGHTS)", "without data: streams carry nothing, datagrams do");
  R(send_fds(s[0], "", fds, 1, 0));
  R(recv(s[1], &data, 1, MSG_DONTWAIT));
  given_pair(SOCK_DGRAM, s);
  R(send_fds(s[0], "", fds, 1, 0));
  got = receive(s[1], MSG_DONTWAIT);
  say_got("datagram", &got);
  given_pair(SOCK_SEQPACKET, s);
  R(send_fds(s[0], "", fds, 1, 0));
  got = receive(s[1], MSG_DONTWAIT);
  say_got("record", &got);
  return 0;
}
