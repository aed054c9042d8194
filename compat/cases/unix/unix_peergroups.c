// SO_PEERGROUPS: the supplementary groups of the peer.
#include "unix.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif
static void show(const char *label, int s, socklen_t room) {
  gid_t groups[8] = {77, 77, 77, 77, 77, 77, 77, 77};
  socklen_t length = room;
  int r = getsockopt(s, SOL_SOCKET, SO_PEERGROUPS, groups, &length);
  say("%s: %s, length %d: %d %d %d %d", label, r == -1 ? errno_name(errno) : "ok", length, groups[0],
      groups[1], groups[2], groups[3]);
}
int main(void) {
  int s[2];
  gid_t groups[] = {30, 10, 20};
  NEED(setgroups(3, groups));
  CHECK("getsockopt(SO_PEERGROUPS)", "a pair");
  given_pair(SOCK_STREAM, s);
  show("enough room", s[0], 32);
  show("just enough", s[0], 12);
  show("too little", s[0], 8);
  show("none", s[0], 0);
  CHECK("getsockopt(SO_PEERGROUPS)", "as they were");
  NEED(setgroups(0, NULL));
  show("before", s[0], 32);
  given_pair(SOCK_STREAM, s);
  show("after", s[0], 32);
  CHECK("getsockopt(SO_PEERGROUPS)", "server and client");
  NEED(setgroups(1, groups));
  int server = given_listener(SOCK_STREAM, "server", 5);
  NEED(setgroups(2, groups));
  int client = given_connected(SOCK_STREAM, "server"), accepted = NEED(accept(server, NULL, NULL));
  NEED(setgroups(0, NULL));
  show("client", client, 32);
  show("accepted", accepted, 32);
  CHECK("getsockopt(SO_PEERGROUPS)", "no peer");
  show("stream", given_socket(SOCK_STREAM), 32);
  show("dgram", given_socket(SOCK_DGRAM), 32);
  show("listener", server, 32);
  return 0;
}
