// Urgent bytes in a stream: MSG_OOB, the mark, SIGURG, POLLPRI.
#include "unix.h"

#include <linux/sockios.h>

static volatile sig_atomic_t urgent;
static void on_urgent(int signal UNUSED) {
  urgent++;
}
static void take(int s, size_t room, int flags) {
  char text[65] = {0};
  ssize_t n = recv(s, text, room, flags | MSG_DONTWAIT);
  const char *what = flags & MSG_OOB    ? flags & MSG_PEEK ? "peek oob" : "oob"
                     : flags & MSG_PEEK ? "peek"
                                        : "read";
  if (n == -1)
    say("%s: %s", what, errno_name(errno));
  else
    say("%s: %zd '%s'", what, n, text);
}
static void mark(int s) {
  int at = -1;
  if (ioctl(s, SIOCATMARK, &at) == -1)
    say("mark: %s", errno_name(errno));
  else
    say("mark: %d", at);
}
int main(void) {
  int s[2], on = 1, n;
  CHECK("recvfrom(MSG_OOB)", "nothing urgent");
  given_pair(SOCK_STREAM, s);
  take(s[1], 1, MSG_OOB);
  mark(s[1]);
  NEED(write(s[0], "plain", 5));
  take(s[1], 1, MSG_OOB);
  take(s[1], 64, 0);
  CHECK("sendto(MSG_OOB) recvfrom(MSG_OOB)", "one byte apart from the others");
  R(send(s[0], "abc", 3, MSG_OOB));
  say_events("urgent", s[1]);
  mark(s[1]);
  take(s[1], 1, MSG_OOB | MSG_PEEK);
  take(s[1], 8, MSG_OOB);
  take(s[1], 8, MSG_OOB);
  say_events("taken", s[1]);
  take(s[1], 64, 0);
  mark(s[1]);
  take(s[1], 64, 0);
  CHECK("poll recvfrom", "only a mark is left");
  NEED(send(s[0], "u", 1, MSG_OOB));
  take(s[1], 1, MSG_OOB);
  say_events("mark", s[1]);
  mark(s[1]);
  NEED(write(s[0], "behind", 6));
  mark(s[1]);
  NEED(send(s[0], "v", 1, MSG_OOB));
  take(s[1], 64, MSG_PEEK);
  mark(s[1]);
  take(s[1], 64, 0);
  mark(s[1]);
  take(s[1], 64, 0);
  CHECK("recvfrom", "a read stops before the urgent byte, and skips it");
  given_pair(SOCK_STREAM, s);
  NEED(write(s[0], "one", 3));
  NEED(send(s[0], "2", 1, MSG_OOB));
  NEED(write(s[0], "three", 5));
  take(s[1], 64, 0);
  mark(s[1]);
  take(s[1], 64, 0);
  mark(s[1]);
  take(s[1], 64, MSG_OOB);
  take(s[1], 64, 0);
  CHECK("sendto(MSG_OOB)", "a second one makes the first plain");
  NEED(send(s[0], "ab", 2, MSG_OOB));
  NEED(send(s[0], "cd", 2, MSG_OOB));
  take(s[1], 64, 0);
  take(s[1], 64, MSG_OOB);
  take(s[1], 64, 0);
  CHECK("ioctl(FIONREAD)", "counts it, or not");
  given_pair(SOCK_STREAM, s);
  NEED(send(s[0], "xyz", 3, MSG_OOB));
  NEED(ioctl(s[1], FIONREAD, &n));
  R(n);
  take(s[1], 1, MSG_OOB);
  NEED(ioctl(s[1], FIONREAD, &n));
  R(n);
  take(s[1], 64, 0);
  CHECK("recvfrom(MSG_PEEK)", "looking past the mark");
  NEED(write(s[0], "one", 3));
  NEED(send(s[0], "2", 1, MSG_OOB));
  NEED(write(s[0], "three", 5));
  take(s[1], 64, MSG_PEEK);
  take(s[1], 3, 0);
  take(s[1], 64, MSG_PEEK);
  take(s[1], 64, MSG_OOB);
  take(s[1], 64, 0);
  CHECK("recvfrom(SO_OOBINLINE)", "among the others");
  NEED(setsockopt(s[1], SOL_SOCKET, SO_OOBINLINE, &on, sizeof on));
  NEED(write(s[0], "one", 3));
  NEED(send(s[0], "2", 1, MSG_OOB));
  NEED(write(s[0], "three", 5));
  take(s[1], 1, MSG_OOB);
  say_events("inline", s[1]);
  mark(s[1]);
  take(s[1], 64, 0);
  mark(s[1]);
  take(s[1], 64, 0);
  take(s[1], 64, 0);
  CHECK("sendto(MSG_OOB)", "SIGURG for the owner");
  handle(SIGURG, on_urgent, 0);
  NEED(fcntl(s[1], F_SETOWN, getpid()));
  NEED(send(s[0], "u", 1, MSG_OOB));
  for (int i = 0; i < 50 && !urgent; i++) sleep_ms(2);
  say("%d", (int)urgent);
  CHECK("sendto(MSG_OOB)", "no bytes, and other kinds");
  R(send(s[0], "", 0, MSG_OOB));
  given_pair(SOCK_DGRAM, s);
  R(send(s[0], "x", 1, MSG_OOB));
  R(recv(s[1], &n, 1, MSG_OOB | MSG_DONTWAIT));
  given_pair(SOCK_SEQPACKET, s);
  R(send(s[0], "x", 1, MSG_OOB));
  mark(s[1]);
  CHECK("close recvfrom", "an urgent byte that was never taken");
  given_pair(SOCK_STREAM, s);
  NEED(send(s[0], "z", 1, MSG_OOB));
  close(s[0]);
  take(s[1], 8, 0);
  take(s[1], 8, MSG_OOB);
  take(s[1], 8, 0);
  given_pair(SOCK_STREAM, s);
  NEED(send(s[0], "z", 1, MSG_OOB));
  take(s[1], 1, MSG_OOB);
  close(s[1]);
  take(s[0], 8, 0);
  CHECK("shutdown sendto(MSG_OOB)", "nowhere to send to");
  given_pair(SOCK_STREAM, s);
  NEED(shutdown(s[1], SHUT_RD));
  R(send(s[0], "z", 1, MSG_OOB | MSG_NOSIGNAL));
  R(send(given_socket(SOCK_STREAM), "z", 1, MSG_OOB | MSG_NOSIGNAL));
  return 0;
}
