// Names of both ends, as getsockname, getpeername, accept and recvfrom give them.
#include "unix.h"

static void show(const char *label, int r, const struct sockaddr_un *name, socklen_t length) {
  if (r == -1)
    say("%s: %s", label, errno_name(errno));
  else
    say("%s: length %d%s%s", label, length, length > 2 ? " " : "",
        length > 2 ? (name->sun_path[0] ? name->sun_path : "(abstract)") : "");
}
static void own(const char *label, int fd) {
  struct sockaddr_un name = {0};
  socklen_t length = sizeof name;
  int r = getsockname(fd, (void *)&name, &length);
  show(label, r, &name, length);
}
static void peer(const char *label, int fd) {
  struct sockaddr_un name = {0};
  socklen_t length = sizeof name;
  int r = getpeername(fd, (void *)&name, &length);
  show(label, r, &name, length);
}
int main(void) {
  CHECK("getsockname getpeername", "a connection from nobody to a name");
  int server = given_listener(SOCK_STREAM, "server", 5), client = given_connected(SOCK_STREAM, "server");
  peer("client's peer before accept", client);
  int accepted = NEED(accept(server, NULL, NULL));
  own("server", server);
  peer("server", server);
  own("client", client);
  peer("client", client);
  own("accepted", accepted);
  peer("accepted", accepted);
  CHECK("accept", "an address that is not there");
  struct sockaddr_un name = {.sun_family = 77};
  socklen_t length = sizeof name;
  NEED(given_connected(SOCK_STREAM, "server"));
  accepted = accept(server, (void *)&name, &length);
  say("family %d, length %d", name.sun_family, length);
  CHECK("getpeername", "after the other side closed");
  close(accepted);
  close(client);
  client = given_connected(SOCK_STREAM, "server");
  accepted = NEED(accept(server, NULL, NULL));
  close(accepted);
  peer("client", client);
  close(server);
  peer("client", client);
  CHECK("getpeername", "names given after connecting");
  int s[2];
  given_pair(SOCK_STREAM, s);
  own("pair", s[0]);
  peer("pair", s[0]);
  NEED(bind_to(s[1], "late"));
  peer("pair", s[0]);
  CHECK("getpeername", "datagrams");
  int d = given_socket(SOCK_DGRAM);
  peer("unconnected", d);
  given_bound(SOCK_DGRAM, "dgram");
  NEED(connect_to(d, "dgram"));
  peer("connected", d);
  CHECK("recvfrom", "the sender's name: a stream has none");
  given_pair(SOCK_STREAM, s);
  NEED(write(s[0], "xyz", 3));
  char text[8];
  name.sun_family = 77;
  length = sizeof name;
  R(recvfrom(s[1], text, 1, 0, (void *)&name, &length));
  say("family %d, length %d", name.sun_family, length);
  NEED(bind_to(s[0], "speaker"));
  length = sizeof name;
  memset(&name, 0, sizeof name);
  R(recvfrom(s[1], text, 1, 0, (void *)&name, &length));
  show("named", 0, &name, length);
  NEED(write(s[0], "q", 1));
  struct got got = receive_with(s[1], 1, 0, 0);
  show("recvmsg", 0, &got.from, got.from_length);
  CHECK("recvfrom", "the sender's name: datagrams and records");
  given_pair(SOCK_DGRAM, s);
  NEED(send(s[0], "1", 1, 0));
  length = sizeof name;
  R(recvfrom(s[1], text, 1, 0, (void *)&name, &length));
  R(length);
  given_pair(SOCK_SEQPACKET, s);
  NEED(bind_to(s[0], "record"));
  NEED(send(s[0], "1", 1, 0));
  length = sizeof name;
  memset(&name, 0, sizeof name);
  R(recvfrom(s[1], text, 1, 0, (void *)&name, &length));
  show("record", 0, &name, length);
  CHECK("recvfrom", "cut to the room there is");
  int sender = given_bound(SOCK_DGRAM, "a-longer-name");
  int receiver = given_bound(SOCK_DGRAM, "receiver");
  NEED(send_to(sender, "x", "receiver", 0));
  NEED(send_to(sender, "x", "receiver", 0));
  char room[16] = "###############";
  length = 8;
  R(recvfrom(receiver, text, 1, 0, (void *)room, &length));
  R(length);
  say("%.13s", room + 2);
  length = -1;
  R(recvfrom(receiver, text, 1, 0, (void *)room, &length));
  R(recv(receiver, text, 1, MSG_DONTWAIT));
  return 0;
}
