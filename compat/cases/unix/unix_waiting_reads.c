// How long a read of a stream waits: SO_RCVLOWAT, MSG_WAITALL, MSG_DONTWAIT, several readers.
#include "unix.h"

static int s[2];
static void set_lowat(int value) {
  int got;
  socklen_t length = sizeof got;
  int r = setsockopt(s[1], SOL_SOCKET, SO_RCVLOWAT, &value, sizeof value);
  NEED(getsockopt(s[1], SOL_SOCKET, SO_RCVLOWAT, &got, &length));
  say("lowat %d: %s, now %d", value, r == 0 ? "ok" : errno_name(errno), got);
}
static void *read_one(void *unused UNUSED) {
  char text[4];
  ssize_t n = read(s[1], text, 4);
  return (void *)n;
}
int main(void) {
  char text[32];
  CHECK("setsockopt(SO_RCVLOWAT)", "values");
  given_pair(SOCK_STREAM, s);
  set_lowat(0);
  set_lowat(1);
  set_lowat(100);
  set_lowat(-1);
  set_lowat(4);
  CHECK("recvfrom(SO_RCVLOWAT)", "waits for so many");
  given_patience(s[1]);
  pid_t child = CHILD({
    NEED(write(s[0], "ab", 2));
    sleep_ms(20);
    NEED(write(s[0], "cdef", 4));
  });
  R(read(s[1], text, 32) >= 4);
  reap("child", child);
  while (recv(s[1], text, 32, MSG_DONTWAIT) > 0) {
  }
  CHECK("recvfrom(SO_RCVLOWAT)", "less room than that, or no waiting");
  NEED(write(s[0], "abcdef", 6));
  R(read(s[1], text, 2));
  R(read(s[1], text, 3));
  R(recv(s[1], text, 32, MSG_DONTWAIT));
  CHECK("poll(SO_RCVLOWAT)", "poll does not care");
  NEED(write(s[0], "x", 1));
  say_events("one byte", s[1]);
  NEED(recv(s[1], text, 1, 0));
  set_lowat(1);
  CHECK("recvfrom(MSG_WAITALL)", "to the end of the stream, if it comes first");
  child = CHILD({
    close(s[1]);
    NEED(write(s[0], "part", 4));
    sleep_ms(20);
    NEED(shutdown(s[0], SHUT_WR));
  });
  R(recv(s[1], text, 32, MSG_WAITALL));
  R(recv(s[1], text, 32, MSG_WAITALL));
  reap("child", child);
  CHECK("recvfrom(MSG_WAITALL)", "larger than the buffer of the sender");
  given_pair(SOCK_STREAM, s);
  static char big[1000000];
  child = CHILD({
    for (size_t i = 0; i < sizeof big; i++) big[i] = (char)(i * 31 >> 3);
    NEED(write(s[0], big, sizeof big));
  });
  R(recv(s[1], big, sizeof big, MSG_WAITALL));
  bool same = true;
  for (size_t i = 0; i < sizeof big; i++) same &= big[i] == (char)(i * 31 >> 3);
  say("same: %d", same);
  reap("child", child);
  CHECK("read", "two threads share what comes");
  pthread_t a, b;
  void *from_a, *from_b;
  NEED(pthread_create(&a, NULL, read_one, NULL));
  NEED(pthread_create(&b, NULL, read_one, NULL));
  sleep_ms(20);
  NEED(write(s[0], "1234", 4));
  sleep_ms(20);
  NEED(write(s[0], "5678", 4));
  pthread_join(a, &from_a);
  pthread_join(b, &from_b);
  say("%ld", (long)from_a + (long)from_b);
  CHECK("read", "of no bytes");
  R(read(s[1], text, 0));
  R(recv(s[1], text, 0, MSG_DONTWAIT));
  NEED(write(s[0], "x", 1));
  R(recv(s[1], text, 0, 0));
  R(read(s[1], text, 0));
  return 0;
}
