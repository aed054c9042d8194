// Waiting to send: SO_SNDTIMEO, signals, parts.
#include "unix.h"

static char big[1 << 20];
static void on_alarm(int signal UNUSED) {}
static void alarm_in(int milliseconds) {
  struct itimerval soon = {.it_value = {0, milliseconds * 1000}};
  NEED(setitimer(ITIMER_REAL, &soon, NULL));
}
int main(void) {
  int s[2];
  struct timeval limit = {0, 30000}, got;
  socklen_t length = sizeof got;
  CHECK("sendto(SO_SNDTIMEO)", "a part, then nothing");
  given_pair(SOCK_STREAM, s);
  R(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
  long long start = now_ms();
  ssize_t sent = send(s[0], big, sizeof big, 0);
  T(sent > 0 && sent < (ssize_t)sizeof big);
  T(now_ms() - start >= 29);
  R(send(s[0], big, 1, 0));
  CHECK("recvfrom(SO_RCVTIMEO)", "a part, then nothing to receive");
  R(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
  R(recv(s[0], big, 1, 0));
  NEED(write(s[1], "abc", 3));
  R(recv(s[0], big, 10, MSG_WAITALL));
  CHECK("sendto", "interrupted by a handler, after a part and before");
  handle(SIGALRM, on_alarm, 0);
  given_pair(SOCK_STREAM, s);
  alarm_in(30);
  sent = send(s[0], big, sizeof big, 0);
  T(sent > 0 && sent < (ssize_t)sizeof big);
  alarm_in(30);
  R(send(s[0], big, 1, 0));
  CHECK("sendto", "restarted with SA_RESTART");
  handle(SIGALRM, on_alarm, SA_RESTART);
  alarm_in(20);
  struct gate go = new_gate();
  pid_t child = CHILD({
    await(go);
    sleep_ms(40);
    while (recv(s[1], big, sizeof big, MSG_DONTWAIT) > 0) {
    }
  });
  tell(go);
  R(send(s[0], big, 1, 0));
  reap("child", child);
  CHECK("getsockopt(SO_SNDTIMEO|SO_RCVTIMEO)", "what comes back");
  static const struct timeval values[] = {{0, 0},  {1, 0},  {0, 500000}, {100, 200000},
                                          {-1, 0}, {0, -1}, {0, 1000000}};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    int r = setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &values[i], sizeof limit);
    NEED(getsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &got, &length));
    say("%s: %ld.%06ld", r == 0 ? "ok" : errno_name(errno), got.tv_sec, got.tv_usec);
  }
  R(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &limit, 8));
  CHECK("recvfrom(MSG_WAITALL)", "interrupted after a part");
  handle(SIGALRM, on_alarm, SA_RESTART);
  given_pair(SOCK_STREAM, s);
  NEED(write(s[1], "abcd", 4));
  alarm_in(30);
  R(recv(s[0], big, 10, MSG_WAITALL));
  return 0;
}
