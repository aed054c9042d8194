// How much fits into a buffer, and what SIOCOUTQ and FIONREAD say of it.
#include "unix.h"

#include <linux/sockios.h>

static char big[1 << 20];
static int number(int s, int request) {
  int n = -1;
  NEED(ioctl(s, request, &n));
  return n;
}
static void set(int s, int option, int value) {
  int got;
  socklen_t length = sizeof got;
  NEED(setsockopt(s, SOL_SOCKET, option, &value, sizeof value));
  NEED(getsockopt(s, SOL_SOCKET, option, &got, &length));
  say("%d becomes %d", value, got);
}
int main(void) {
  int s[2];
  CHECK("setsockopt(SO_SNDBUF)", "values of the send buffer");
  given_pair(SOCK_STREAM, s);
  static const int values[] = {0, 1, 2303, 2304, 2305, 4608, 10000, 100000, 212992};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) set(s[0], SO_SNDBUF, values[i]);
  CHECK("setsockopt(SO_RCVBUF)", "values of the receive buffer");
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) set(s[0], SO_RCVBUF, values[i]);
  CHECK("setsockopt(SO_SNDBUFFORCE|SO_RCVBUFFORCE)", "above the limit, for the privileged");
  R(setsockopt(s[0], SOL_SOCKET, SO_SNDBUFFORCE, &(int){500000}, 4));
  R(setsockopt(s[0], SOL_SOCKET, SO_RCVBUFFORCE, &(int){600000}, 4));
  int value;
  socklen_t length = sizeof value;
  NEED(getsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &value, &length));
  R(value);
  NEED(getsockopt(s[0], SOL_SOCKET, SO_RCVBUF, &value, &length));
  R(value);
  pid_t child = CHILD({
    NEED(setresuid(7, 7, 7));
    R(setsockopt(s[0], SOL_SOCKET, SO_SNDBUFFORCE, &(int){500000}, 4));
  });
  reap("child", child);
  CHECK("ioctl(SIOCOUTQ)", "what messages of some sizes cost");
  static const int sizes[] = {1,    100,  191,  192,  193,  500,  1000,  1472,
                              2000, 3000, 3776, 3777, 4096, 8000, 10000, 30000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    given_pair(SOCK_STREAM, s);
    NEED(send(s[0], big, sizes[i], 0));
    say("%d: %d out, %d in", sizes[i], number(s[0], SIOCOUTQ), number(s[1], FIONREAD));
    NEED(recv(s[1], big, 1, 0));
    say("one byte less: %d out, %d in", number(s[0], SIOCOUTQ), number(s[1], FIONREAD));
    close(s[0]), close(s[1]);
  }
  CHECK("ioctl(SIOCOUTQ)", "datagrams");
  given_pair(SOCK_DGRAM, s);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    NEED(send(s[0], big, sizes[i], 0));
    say("%d: %d out, %d in", sizes[i], number(s[0], SIOCOUTQ), number(s[1], FIONREAD));
    NEED(recv(s[1], big, 1, 0));
    R(number(s[0], SIOCOUTQ));
  }
  CHECK("sendto(MSG_DONTWAIT)", "small writes till the buffer is full");
  given_pair(SOCK_STREAM, s);
  int count = 0;
  while (send(s[0], "x", 1, MSG_DONTWAIT) == 1) count++;
  say("%d, then %s", count, errno_name(errno));
  CHECK("poll(POLLOUT)", "writable again when three quarters are free");
  given_pair(SOCK_STREAM, s);
  count = 0;
  while (send(s[0], big, 5000, MSG_DONTWAIT) == 5000) count++;
  int reads = 0;
  struct pollfd p = {s[0], POLLOUT, 0};
  while (poll(&p, 1, 0) == 0 && recv(s[1], big, 5000, MSG_DONTWAIT) == 5000) reads++;
  say("%d sent, %d read", count, reads);
  CHECK("sendto(MSG_DONTWAIT)", "one long write");
  given_pair(SOCK_STREAM, s);
  ssize_t sent = send(s[0], big, sizeof big, MSG_DONTWAIT);
  R(sent);
  R(send(s[0], big, 1, MSG_DONTWAIT));
  R(number(s[1], FIONREAD));
  CHECK("sendto(SO_SNDBUF)", "a small buffer");
  given_pair(SOCK_STREAM, s);
  set(s[0], SO_SNDBUF, 5000);
  R(send(s[0], big, sizeof big, MSG_DONTWAIT));
  R(number(s[0], SIOCOUTQ));
  given_pair(SOCK_SEQPACKET, s);
  set(s[0], SO_SNDBUF, 5000);
  count = 0;
  while (send(s[0], big, 1000, MSG_DONTWAIT) == 1000) count++;
  R(count);
  return 0;
}
