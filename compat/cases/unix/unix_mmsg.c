// Many messages in one call.
#include "unix.h"

static struct mmsghdr messages[8];
static struct iovec parts[8];
static char texts[8][16];
static void prepare(size_t length) {
  for (int i = 0; i < 8; i++) {
    parts[i] = (struct iovec){texts[i], length};
    messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
  }
}
int main(void) {
  int s[2];
  CHECK("sendmmsg recvmmsg", "datagrams");
  given_pair(SOCK_DGRAM, s);
  prepare(2);
  for (int i = 0; i < 8; i++) snprintf(texts[i], 16, "m%d", i);
  R(sendmmsg(s[0], messages, 5, 0));
  for (int i = 0; i < 6; i++) say("%u", messages[i].msg_len);
  prepare(16);
  memset(texts, 0, sizeof texts);
  R(recvmmsg(s[1], messages, 3, 0, NULL));
  say("%s %s %s", texts[0], texts[1], texts[2]);
  R(recvmmsg(s[1], messages, 8, MSG_DONTWAIT, NULL));
  say("%s %s %u %u", texts[0], texts[1], messages[0].msg_len, messages[1].msg_len);
  R(recvmmsg(s[1], messages, 8, MSG_DONTWAIT, NULL));
  CHECK("recvmmsg(MSG_WAITFORONE)", "waits for the first only");
  NEED(write(s[0], "one", 3));
  R(recvmmsg(s[1], messages, 8, MSG_WAITFORONE, NULL));
  CHECK("recvmmsg", "a time limit");
  struct timespec limit = {0, 20000000};
  NEED(write(s[0], "one", 3));
  struct timeval patience = {0, 40000};
  NEED(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience));
  R(recvmmsg(s[1], messages, 2, 0, &limit));
  limit = (struct timespec){0, 1000000000};
  R(recvmmsg(s[1], messages, 2, 0, &limit));
  CHECK("sendmmsg", "each message waits in its turn");
  int receiver = given_bound(SOCK_DGRAM, "receiver"), sender = given_connected(SOCK_DGRAM, "receiver");
  static struct mmsghdr many[40];
  struct iovec one = {"x", 1};
  for (int i = 0; i < 40; i++) many[i].msg_hdr = (struct msghdr){.msg_iov = &one, .msg_iovlen = 1};
  pid_t child = CHILD({
    int got = 0;
    char byte;
    for (; got < 40; got++) {
      if (got % 16 == 0) sleep_ms(10);
      NEED(recv(receiver, &byte, 1, 0));
    }
    say("received %d", got);
  });
  int sent = sendmmsg(sender, many, 40, 0);
  reap("child", child);
  say("sent %d, each of one byte: %d", sent, many[39].msg_len == 1);
  CHECK("sendmmsg(SO_SNDTIMEO)", "what has gone before the time is over");
  struct timeval soon = {0, 30000};
  NEED(setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon));
  R(sendmmsg(sender, many, 40, 0));
  R(sendmmsg(sender, many, 40, 0));
  R(sendmmsg(sender, many, 40, MSG_DONTWAIT));
  CHECK("sendmmsg", "stops at the first that fails");
  prepare(2);
  messages[2].msg_hdr.msg_iov = (void *)8;
  R(sendmmsg(s[0], messages, 5, 0));
  R(sendmmsg(s[0], messages + 2, 3, 0));
  char byte;
  R(recv(s[1], &byte, 1, MSG_DONTWAIT));
  R(recv(s[1], &byte, 1, MSG_DONTWAIT));
  R(recv(s[1], &byte, 1, MSG_DONTWAIT));
  CHECK("sendmmsg recvmmsg", "a stream");
  given_pair(SOCK_STREAM, s);
  prepare(3);
  R(sendmmsg(s[0], messages, 4, 0));
  prepare(5);
  R(recvmmsg(s[1], messages, 4, MSG_DONTWAIT, NULL));
  for (int i = 0; i < 4; i++) say("%u", messages[i].msg_len);
  CHECK("sendmmsg recvmmsg", "counts and pointers that cannot be");
  R(sendmmsg(s[0], messages, 0, 0));
  R(recvmmsg(s[1], messages, 0, MSG_DONTWAIT, NULL));
  R(sendmmsg(s[0], (void *)8, 1, 0));
  R(recvmmsg(s[1], (void *)8, 1, MSG_DONTWAIT, NULL));
  CHECK("sendmmsg(SCM_RIGHTS)", "descriptors with each message");
  given_pair(SOCK_SEQPACKET, s);
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {
      .align = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.align), &s[0], sizeof(int));
  prepare(1);
  for (int i = 0; i < 3; i++) {
    messages[i].msg_hdr.msg_control = &control;
    messages[i].msg_hdr.msg_controllen = sizeof control.bytes;
  }
  R(sendmmsg(s[0], messages, 3, 0));
  for (int i = 0; i < 3; i++) {
    struct got got = receive(s[1], MSG_DONTWAIT);
    say("%zd, %d", got.length, got.fd_count);
  }
  return 0;
}
