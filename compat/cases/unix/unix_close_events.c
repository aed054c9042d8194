// What the other end's close looks like, by kind.
#include "unix.h"

int main(void) {
  static const struct {
    int type;
    const char *name;
  } kinds[] = {{SOCK_STREAM, "stream"}, {SOCK_DGRAM, "dgram"}, {SOCK_SEQPACKET, "seqpacket"}};
  char text[16];
  for (int i = 0; i < 3; i++) {
    char title[64];
    snprintf(title, sizeof title, "%s: nothing unread", kinds[i].name);
    CHECK("close poll recvfrom sendto", title);
    int s[2];
    given_pair(kinds[i].type, s);
    close(s[1]);
    say_events("events", s[0]);
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    R(send(s[0], "x", 1, MSG_NOSIGNAL));
    R(send(s[0], "x", 1, MSG_NOSIGNAL));
    say_events("events", s[0]);
    snprintf(title, sizeof title, "%s: something for us", kinds[i].name);
    CHECK("close poll recvfrom", title);
    given_pair(kinds[i].type, s);
    NEED(send(s[1], "left", 4, 0));
    close(s[1]);
    say_events("events", s[0]);
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    say_events("events", s[0]);
    snprintf(title, sizeof title, "%s: something that was never read", kinds[i].name);
    CHECK("close poll recvfrom sendto", title);
    given_pair(kinds[i].type, s);
    NEED(send(s[0], "unread", 6, 0));
    NEED(send(s[1], "left", 4, 0));
    close(s[1]);
    say_events("events", s[0]);
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    R(recv(s[0], text, sizeof text, MSG_DONTWAIT));
    say_events("events", s[0]);
    struct sockaddr_un name;
    socklen_t length = sizeof name;
    R(getpeername(s[0], (void *)&name, &length));
  }
  CHECK("close poll", "empty records that were never read");
  for (int count = 1; count <= 3; count++) {
    int s[2];
    given_pair(SOCK_SEQPACKET, s);
    for (int i = 0; i < count; i++) NEED(send(s[1], i == 2 ? "x" : "", i == 2, 0));
    close(s[0]);
    say_events("sender", s[1]);
  }
  CHECK("close poll", "urgent bytes that were taken");
  for (int count = 0; count < 3; count++) {
    int s[2];
    char byte;
    given_pair(SOCK_STREAM, s);
    NEED(send(s[1], "ab", 2, MSG_OOB));
    NEED(recv(s[0], &byte, 1, MSG_OOB));
    if (count > 0) NEED(recv(s[0], &byte, 1, 0));
    if (count > 1) {
      NEED(send(s[1], "c", 1, MSG_OOB));
      NEED(recv(s[0], &byte, 1, MSG_OOB));
    }
    close(s[0]);
    say_events("sender", s[1]);
  }
  CHECK("poll", "sockets that were never connected");
  say_events("stream", given_socket(SOCK_STREAM));
  say_events("dgram", given_socket(SOCK_DGRAM));
  say_events("seqpacket", given_socket(SOCK_SEQPACKET));
  say_events("bound stream", given_bound(SOCK_STREAM, "b"));
  say_events("listener", given_listener(SOCK_STREAM, "l", 1));
  CHECK("recvfrom sendto", "sockets that were never connected: data");
  R(recv(given_socket(SOCK_STREAM), text, 1, MSG_DONTWAIT));
  R(recv(given_socket(SOCK_SEQPACKET), text, 1, MSG_DONTWAIT));
  R(recv(given_socket(SOCK_DGRAM), text, 1, MSG_DONTWAIT));
  R(send(given_socket(SOCK_STREAM), text, 1, MSG_NOSIGNAL));
  R(send(given_socket(SOCK_SEQPACKET), text, 1, MSG_NOSIGNAL));
  R(send(given_socket(SOCK_DGRAM), text, 1, MSG_NOSIGNAL));
  return 0;
}
