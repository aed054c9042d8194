// Closing one direction of a stream, seen from both ends.
#include "unix.h"

static void try(int s[2]) {
  char text[16];
  say_events("this", s[0]);
  say_events("that", s[1]);
  R(send(s[0], "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
  R(send(s[1], "y", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
  R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
}
int main(void) {
  static const struct {
    int how;
    const char *title;
  } ways[] = {{SHUT_RD, "SHUT_RD"}, {SHUT_WR, "SHUT_WR"}, {SHUT_RDWR, "SHUT_RDWR"}};
  for (int i = 0; i < 3; i++) {
    CHECK("shutdown poll sendto recvfrom", ways[i].title);
    int s[2];
    given_pair(SOCK_STREAM, s);
    R(shutdown(s[0], ways[i].how));
    try(s);
  }
  for (int i = 0; i < 3; i++) {
    char title[64];
    snprintf(title, sizeof title, "%s with data on the way", ways[i].title);
    CHECK("shutdown recvfrom", title);
    int s[2];
    char text[16];
    given_pair(SOCK_STREAM, s);
    NEED(write(s[0], "to that", 7));
    NEED(write(s[1], "to this", 7));
    R(shutdown(s[0], ways[i].how));
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
    R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  }
  CHECK("shutdown", "both directions one after the other, and again");
  int s[2];
  given_pair(SOCK_STREAM, s);
  R(shutdown(s[0], SHUT_WR));
  R(shutdown(s[1], SHUT_WR));
  say_events("this", s[0]);
  R(shutdown(s[0], SHUT_RDWR));
  R(shutdown(s[0], 3));
  R(shutdown(s[0], -1));
  CHECK("shutdown", "a socket that is not connected");
  int lone = given_socket(SOCK_STREAM);
  R(shutdown(lone, SHUT_RDWR));
  say_events("lone", lone);
  R(shutdown(0, SHUT_RDWR));
  R(shutdown(999, SHUT_RDWR));
  CHECK("shutdown(SHUT_RD) recvfrom", "ends a read that waits");
  given_pair(SOCK_STREAM, s);
  struct gate ready = new_gate();
  pid_t child = CHILD({
    char byte;
    tell(ready);
    R(recv(s[0], &byte, 1, 0));
  });
  await(ready);
  sleep_ms(20);
  NEED(shutdown(s[0], SHUT_RD));
  reap("child", child);
  CHECK("shutdown(SHUT_RD) sendto", "ends a write of the peer that waits");
  given_pair(SOCK_STREAM, s);
  child = CHILD({
    static char big[1 << 20];
    ssize_t sent = send(s[1], big, sizeof big, MSG_NOSIGNAL);
    say("a part: %d", sent > 0 && sent < (ssize_t)sizeof big);
    R(send(s[1], big, sizeof big, MSG_NOSIGNAL));
  });
  sleep_ms(40);
  NEED(shutdown(s[0], SHUT_RD));
  reap("child", child);
  return 0;
}
