// tags: network
// sendmmsg and recvmmsg: counts, time limits and errors in the middle.
#include "net.h"

enum { MOST = 5 };
static struct mmsghdr m[MOST];
static struct iovec part[MOST];
static char data[MOST][20];

static void prepare(size_t room) {
  memset(m, 0, sizeof m);
  for (int i = 0; i < MOST; i++) {
    part[i] = (struct iovec){data[i], room};
    m[i].msg_hdr = (struct msghdr){.msg_iov = &part[i], .msg_iovlen = 1};
  }
}
static void lengths(int count) {
  for (int i = 0; i < count; i++)
    say("%d: %u \"%.*s\" %#x", i, m[i].msg_len, (int)m[i].msg_len, data[i], m[i].msg_hdr.msg_flags);
}

int main(void) {
  int a = udp4("127.0.0.1", 7720), b = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind4(b, "127.0.0.1", 7721));
  NEED(connect4(a, "127.0.0.1", 7721));
  CHECK("sendmmsg recvmmsg", "several");
  prepare(3);
  for (int i = 0; i < 3; i++) memcpy(data[i], i == 0 ? "one" : i == 1 ? "two" : "333", 3);
  R(sendmmsg(a, m, 3, 0));
  say("%u %u %u", m[0].msg_len, m[1].msg_len, m[2].msg_len);
  settle();
  prepare(2);
  R(recvmmsg(b, m, MOST, MSG_DONTWAIT, NULL));
  lengths(3);
  CHECK("recvmmsg(MSG_WAITFORONE)", "waits for the first only");
  NEED(send(a, "solo", 4, 0));
  prepare(10);
  R(recvmmsg(b, m, MOST, MSG_WAITFORONE, NULL));
  lengths(1);
  CHECK("recvmmsg", "a time limit is looked at after each message");
  struct timespec limit = {0, 150000000};
  NEED(send(a, "early", 5, 0));
  pid_t child = CHILD({
    sleep_ms(250);
    NEED(send(a, "late", 4, 0));
  });
  prepare(10);
  R(recvmmsg(b, m, MOST, 0, &limit));
  lengths(2);
  reap("child", child);
  CHECK("recvmmsg", "limits that are not valid, and nothing to do");
  limit = (struct timespec){0, 1000000000};
  R(recvmmsg(b, m, 1, 0, &limit));
  limit = (struct timespec){-1, 0};
  R(recvmmsg(b, m, 1, 0, &limit));
  R(recvmmsg(b, m, 0, 0, NULL));
  R(recvmmsg(b, m, 1, MSG_DONTWAIT, NULL));
  R(recvmmsg(b, (void *)8, 1, MSG_DONTWAIT, NULL));
  R(recvmmsg(b, m, 1, 0, (void *)8));
  CHECK("sendmmsg", "an error in the middle");
  prepare(4);
  part[1].iov_base = (void *)8;
  R(sendmmsg(a, m, 3, 0));
  R(sendmmsg(a, m + 1, 2, 0));
  R(sendmmsg(a, m, 0, 0));
  R(sendmmsg(a, (void *)8, 1, 0));
  NEED(recv(b, data[0], 10, 0));
  CHECK("recvmmsg", "an error in the middle is kept for the next call");
  NEED(send(a, "ok", 2, 0));
  NEED(send(a, "bad", 3, 0));
  settle();
  prepare(10);
  part[1].iov_base = (void *)8;
  R(recvmmsg(b, m, 2, MSG_DONTWAIT, NULL));
  R(recvmmsg(b, m, 1, MSG_DONTWAIT, NULL));
  R(recvmmsg(b, m, 1, MSG_DONTWAIT, NULL));
  CHECK("sendmmsg recvmmsg", "over a stream");
  struct connection c = connection4(7722);
  prepare(4);
  for (int i = 0; i < MOST; i++) memcpy(data[i], "abcd", 4);
  R(sendmmsg(c.client, m, 3, 0));
  settle();
  prepare(5);
  R(recvmmsg(c.server, m, MOST, MSG_DONTWAIT, NULL));
  say("%u %u %u", m[0].msg_len, m[1].msg_len, m[2].msg_len);
  return 0;
}
