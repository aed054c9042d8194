// Messages of many pieces.
#include "unix.h"

static char bytes[4096], back[4096];
int main(void) {
  int s[2];
  static struct iovec parts[1025], places[1025];
  for (int i = 0; i < 4096; i++) bytes[i] = (char)(i * 7);
  for (int i = 0; i < 1025; i++) {
    parts[i] = (struct iovec){bytes + i * 2, i % 3};
    places[i] = (struct iovec){back + i * 2, 2};
  }
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  static const char *const titles[] = {"stream", "dgram", "seqpacket"};
  for (int i = 0; i < 3; i++) {
    CHECK("sendmsg recvmsg", titles[i]);
    given_pair(kinds[i], s);
    struct msghdr out = {.msg_iov = parts, .msg_iovlen = 1024}, in = {.msg_iov = places, .msg_iovlen = 1024};
    R(sendmsg(s[0], &out, 0));
    memset(back, 0, sizeof back);
    R(recvmsg(s[1], &in, 0));
    unsigned sum = 0;
    for (int j = 0; j < 4096; j++) sum = sum * 31 + (unsigned char)back[j];
    say("%u", sum);
    out.msg_iovlen = 1025;
    R(sendmsg(s[0], &out, 0));
    in.msg_iovlen = 1025;
    R(recvmsg(s[1], &in, MSG_DONTWAIT));
    out.msg_iovlen = 0;
    R(sendmsg(s[0], &out, 0));
    in.msg_iovlen = 0;
    R(recvmsg(s[1], &in, MSG_DONTWAIT));
  }
  CHECK("sendmsg", "lengths that cannot be");
  struct iovec wrong[] = {{bytes, 1}, {bytes, (size_t)-1}};
  struct msghdr out = {.msg_iov = wrong, .msg_iovlen = 2};
  given_pair(SOCK_STREAM, s);
  R(sendmsg(s[0], &out, 0));
  out.msg_iovlen = (size_t)-1;
  R(sendmsg(s[0], &out, 0));
  out.msg_iovlen = 1;
  out.msg_iov = (void *)8;
  R(sendmsg(s[0], &out, 0));
  R(sendmsg(s[0], (void *)8, 0));
  R(recvmsg(s[1], (void *)8, MSG_DONTWAIT));
  CHECK("sendmsg recvmsg", "a piece that cannot be read, behind one that can");
  wrong[1] = (struct iovec){(void *)8, 4};
  wrong[0] = (struct iovec){bytes, 5};
  out = (struct msghdr){.msg_iov = wrong, .msg_iovlen = 2};
  R(sendmsg(s[0], &out, 0));
  R(recv(s[1], back, 64, MSG_DONTWAIT));
  NEED(write(s[0], "0123456789", 10));
  R(recvmsg(s[1], &out, MSG_DONTWAIT));
  R(recv(s[1], back, 64, MSG_DONTWAIT));
  given_pair(SOCK_DGRAM, s);
  R(sendmsg(s[0], &out, 0));
  NEED(write(s[0], "0123456789", 10));
  R(recvmsg(s[1], &out, MSG_DONTWAIT));
  R(recv(s[1], back, 64, MSG_DONTWAIT));
  CHECK("sendmsg", "name lengths");
  struct sockaddr_un name = name_of("nobody");
  wrong[0] = (struct iovec){bytes, 1};
  out = (struct msghdr){.msg_iov = wrong, .msg_iovlen = 1, .msg_name = &name, .msg_namelen = sizeof name};
  R(sendmsg(s[0], &out, 0));
  out.msg_namelen = 1000;
  R(sendmsg(s[0], &out, 0));
  out.msg_namelen = -1;
  R(sendmsg(s[0], &out, 0));
  out.msg_namelen = 0;
  R(sendmsg(s[0], &out, 0));
  out.msg_name = NULL;
  out.msg_namelen = 10;
  R(sendmsg(s[0], &out, 0));
  return 0;
}
