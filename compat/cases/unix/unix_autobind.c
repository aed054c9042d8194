// Names that the system chooses.
#include "unix.h"

static void show(const char *label, int fd) {
  struct sockaddr_un name = {0};
  socklen_t length = sizeof name;
  NEED(getsockname(fd, (void *)&name, &length));
  bool digits = length == NAME_START + 6 && name.sun_path[0] == 0;
  for (int i = 1; digits && i < 6; i++)
    digits = strchr("0123456789abcdef", name.sun_path[i]) && name.sun_path[i];
  say("%s: length %d, five digits: %d", label, length, digits);
}
int main(void) {
  struct sockaddr_un none = {.sun_family = AF_UNIX};
  CHECK("bind getsockname", "each kind");
  int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  for (int i = 0; i < 3; i++) {
    int fd = given_socket(kinds[i]);
    R(bind(fd, (void *)&none, sizeof(sa_family_t)));
    show("bound", fd);
    CHECK(i == 0   ? "bind(stream)"
          : i == 1 ? "bind(dgram)"
                   : "bind(seqpacket)",
          i == 0   ? "twice: stream"
          : i == 1 ? "twice: dgram"
                   : "twice: seqpacket");
    R(bind(fd, (void *)&none, sizeof(sa_family_t)));
    R(bind_to(fd, "p"));
    R(access("p", F_OK));
  }
  CHECK("bind", "after a name of one's own");
  int named = given_bound(SOCK_STREAM, "own");
  R(bind(named, (void *)&none, sizeof(sa_family_t)));
  show("named", named);
  CHECK("listen", "a server needs a name");
  int server = given_socket(SOCK_STREAM);
  R(listen(server, 1));
  NEED(bind(server, (void *)&none, sizeof(sa_family_t)));
  R(listen(server, 1));
  struct sockaddr_un chosen;
  socklen_t length = sizeof chosen;
  NEED(getsockname(server, (void *)&chosen, &length));
  R(connect(given_socket(SOCK_STREAM), (void *)&chosen, length));
  CHECK("connect(SO_PASSCRED)", "whoever wants credentials gets a name by connecting");
  int on = 1, receiver = given_bound(SOCK_DGRAM, "receiver"), plain = given_socket(SOCK_DGRAM),
      passing = given_socket(SOCK_DGRAM);
  NEED(setsockopt(passing, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  R(connect_to(plain, "receiver"));
  show("plain", plain);
  R(connect_to(passing, "receiver"));
  show("passing", passing);
  CHECK("sendto(SO_PASSCRED)", "and by sending");
  int sender = given_socket(SOCK_DGRAM);
  NEED(setsockopt(sender, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  show("before", sender);
  R(send_to(sender, "x", "receiver", 0));
  show("after", sender);
  CHECK("connect(SO_PASSCRED)", "a stream that wants credentials");
  int stream = given_socket(SOCK_STREAM);
  NEED(setsockopt(stream, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  R(connect(stream, (void *)&chosen, length));
  show("stream", stream);
  (void)receiver;
  return 0;
}
