// tags: network
// SO_RCVTIMEO and SO_SNDTIMEO: values, and what they end.
#include "net.h"

static void value(int fd, int name, long sec, long usec) {
  struct timeval t = {sec, usec}, got = {-1, -1};
  socklen_t length = sizeof got;
  int r = setsockopt(fd, SOL_SOCKET, name, &t, sizeof t), error = errno;
  getsockopt(fd, SOL_SOCKET, name, &got, &length);
  say("%ld.%06ld: %s, %ld.%06ld", sec, usec, r ? errno_name(error) : "ok", (long)got.tv_sec,
      (long)got.tv_usec);
}
static void short_time(int fd, int name) {
  struct timeval t = {0, 40000};
  NEED(setsockopt(fd, SOL_SOCKET, name, &t, sizeof t));
}
static void on_alarm(int number) {
  (void)number;
}

int main(void) {
  char data[10];
  int fd = tcp4();
  CHECK("getsockopt setsockopt(SO_RCVTIMEO|SO_SNDTIMEO)", "values");
  value(fd, SO_RCVTIMEO, 1, 500000);
  value(fd, SO_SNDTIMEO, 3, 0);
  value(fd, SO_RCVTIMEO, 0, 0);
  value(fd, SO_RCVTIMEO, -1, 0);
  value(fd, SO_RCVTIMEO, 1, 1000000);
  value(fd, SO_RCVTIMEO, 1, -1);
  struct timeval t = {1, 0};
  R(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, 8));
  socklen_t length = 8;
  R(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, &length));
  R(length);
  CHECK("setsockopt(SO_RCVTIMEO) recvfrom accept recvmsg", "ends waits");
  struct connection c = connection4(7130);
  short_time(c.server, SO_RCVTIMEO);
  long long start = now_ms();
  R(recv(c.server, data, 10, 0));
  R(read(c.server, data, 10));
  T(now_ms() - start >= 70);
  short_time(c.listener, SO_RCVTIMEO);
  R(accept(c.listener, NULL, NULL));
  int u = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind4(u, "127.0.0.1", 7131));
  short_time(u, SO_RCVTIMEO);
  R(recv(u, data, 10, 0));
  CHECK("setsockopt(SO_RCVTIMEO) recvfrom(MSG_WAITALL)", "gives what has come");
  R(send(c.client, "abc", 3, 0));
  R(recv(c.server, data, 10, MSG_WAITALL));
  CHECK("setsockopt(SO_SNDTIMEO) sendto", "a full buffer");
  NEED(set_option(c.client, SOL_SOCKET, SO_SNDBUF, 5000));
  short_time(c.client, SO_SNDTIMEO);
  static char block[8 << 20];
  ssize_t sent = 0;
  for (int i = 0; i < 20 && sent >= 0; i++) sent = send(c.client, block, sizeof block, 0);
  R(sent);
  R(write(c.client, block, 10));
  CHECK("setsockopt(SO_SNDTIMEO) connect", "a full backlog");
  int l = listen4(7132, 0);
  NEED(connect4(tcp4(), "127.0.0.1", 7132));
  fd = tcp4();
  short_time(fd, SO_SNDTIMEO);
  R(connect4(fd, "127.0.0.1", 7132));
  R(connect4(fd, "127.0.0.1", 7132));
  NEED(accept(l, NULL, NULL));
  CHECK("setsockopt(SO_RCVTIMEO) recvfrom", "a signal in the meantime is EINTR, in spite of SA_RESTART");
  handle(SIGALRM, on_alarm, SA_RESTART);
  t = (struct timeval){5, 0};
  NEED(setsockopt(u, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
  struct itimerval soon = {{0, 0}, {0, 30000}};
  NEED(setitimer(ITIMER_REAL, &soon, NULL));
  R(recv(u, data, 10, 0));
  CHECK("setsockopt(SO_RCVTIMEO) accept", "inherited");
  int s = NEED(connect4(fd = tcp4(), "127.0.0.1", 7130));
  s = NEED(accept(c.listener, NULL, NULL));
  length = sizeof t;
  R(getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, &length));
  say("%ld.%06ld", (long)t.tv_sec, (long)t.tv_usec);
  return 0;
}
