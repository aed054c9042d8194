// Closing one direction of datagrams and records.
#include "unix.h"

static void try(int a, int b) {
  char text[16];
  say_events("this", a);
  say_events("that", b);
  R(send(a, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
  R(send(b, "y", 1, MSG_NOSIGNAL | MSG_DONTWAIT));
  R(recv(a, text, sizeof text, MSG_DONTWAIT));
  R(recv(b, text, sizeof text, MSG_DONTWAIT));
}
int main(void) {
  static const struct {
    int type, how;
    const char *title;
  } ways[] = {
      {SOCK_SEQPACKET, SHUT_RD, "records: SHUT_RD"},     {SOCK_SEQPACKET, SHUT_WR, "records: SHUT_WR"},
      {SOCK_SEQPACKET, SHUT_RDWR, "records: SHUT_RDWR"}, {SOCK_DGRAM, SHUT_RD, "datagrams: SHUT_RD"},
      {SOCK_DGRAM, SHUT_WR, "datagrams: SHUT_WR"},       {SOCK_DGRAM, SHUT_RDWR, "datagrams: SHUT_RDWR"}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    CHECK("shutdown poll sendto recvfrom", ways[i].title);
    int s[2];
    given_pair(ways[i].type, s);
    NEED(send(s[1], "early", 5, 0));
    R(shutdown(s[0], ways[i].how));
    try(s[0], s[1]);
    try(s[0], s[1]);
  }
  CHECK("shutdown sendto", "datagrams by name to a receiver that is shut");
  int receiver = given_bound(SOCK_DGRAM, "receiver"), sender = given_socket(SOCK_DGRAM);
  R(shutdown(receiver, SHUT_RD));
  R(send_to(sender, "x", "receiver", MSG_NOSIGNAL));
  R(shutdown(sender, SHUT_WR));
  R(send_to(sender, "x", "receiver", MSG_NOSIGNAL));
  CHECK("sendto", "SIGPIPE is for streams");
  int s[2];
  given_pair(SOCK_SEQPACKET, s);
  NEED(shutdown(s[0], SHUT_WR));
  pid_t child = CHILD(R(send(s[0], "x", 1, 0)));
  reap("records", child);
  child = CHILD(R(send(sender, "x", 1, 0)));
  reap("datagrams", child);
  return 0;
}
