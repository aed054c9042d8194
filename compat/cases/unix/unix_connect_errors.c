// What connect refuses, by kind and state.
#include "unix.h"

int main(void) {
  int server = given_listener(SOCK_STREAM, "server", 5);
  put("file", "x");
  NEED(given_directory("dir", 0755));
  CHECK("connect", "what is no socket");
  R(connect_to(given_socket(SOCK_STREAM), "file"));
  R(connect_to(given_socket(SOCK_STREAM), "dir"));
  R(connect_to(given_socket(SOCK_STREAM), "missing"));
  R(connect_to(given_socket(SOCK_STREAM), "file/x"));
  R(connect_to(given_socket(SOCK_DGRAM), "file"));
  CHECK("connect", "a socket that does not listen");
  given_bound(SOCK_STREAM, "quiet");
  R(connect_to(given_socket(SOCK_STREAM), "quiet"));
  CHECK("connect", "kinds that differ");
  given_bound(SOCK_DGRAM, "dgram");
  given_listener(SOCK_SEQPACKET, "seqpacket", 5);
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  static const char *const names[] = {"server", "dgram", "seqpacket"};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) {
      int r = connect_to(given_socket(kinds[i]), names[j]);
      say("%s to %s: %s", names[i], names[j], r == 0 ? "ok" : errno_name(errno));
    }
  CHECK("connect", "a socket that is connected");
  int client = given_connected(SOCK_STREAM, "server");
  R(connect_to(client, "server"));
  R(connect_to(client, "missing"));
  R(connect_to(client, "quiet"));
  int s[2];
  given_pair(SOCK_STREAM, s);
  R(connect_to(s[0], "server"));
  CHECK("connect", "a server as a client");
  R(connect_to(server, "server"));
  R(connect_to(server, "seqpacket"));
  CHECK("connect", "to oneself");
  int own = given_bound(SOCK_STREAM, "own");
  R(connect_to(own, "own"));
  int dgram = given_bound(SOCK_DGRAM, "own-dgram");
  R(connect_to(dgram, "own-dgram"));
  R(send(dgram, "to me", 5, 0));
  char text[8] = {0};
  R(recv(dgram, text, 8, MSG_DONTWAIT));
  say("%s", text);
  CHECK("connect(AF_UNSPEC)", "only datagrams can be set free");
  struct sockaddr none = {AF_UNSPEC, {0}};
  R(connect(client, &none, sizeof none));
  R(connect(dgram, &none, sizeof none));
  R(connect(dgram, &none, 2));
  R(connect(dgram, &none, 1));
  R(send(dgram, "x", 1, 0));
  CHECK("connect", "descriptors that are none");
  R(connect_to(999, "server"));
  R(connect_to(0, "server"));
  CHECK("accept listen", "kinds and states that cannot");
  R(accept(client, NULL, NULL));
  R(accept(dgram, NULL, NULL));
  R(listen(dgram, 1));
  R(listen(client, 1));
  R(listen(given_socket(SOCK_STREAM), 1));
  R(listen(server, 1));
  R(accept4(server, NULL, NULL, 0x10));
  return 0;
}
