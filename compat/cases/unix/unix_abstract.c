// Abstract names: any bytes, told apart by all of them and their number.
#include "unix.h"

static int bind_raw(int fd, const char *bytes, int count) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  memcpy(name.sun_path, bytes, count);
  return bind(fd, (void *)&name, NAME_START + count);
}
static int connect_raw(int fd, const char *bytes, int count) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  memcpy(name.sun_path, bytes, count);
  return connect(fd, (void *)&name, NAME_START + count);
}
int main(void) {
  CHECK("bind", "a NUL inside, and at the end");
  int a = given_socket(SOCK_DGRAM), b = given_socket(SOCK_DGRAM), c = given_socket(SOCK_DGRAM);
  R(bind_raw(a, "\0x\0y", 4));
  R(bind_raw(b, "\0x\0y", 4));
  R(bind_raw(b, "\0x\0z", 4));
  R(bind_raw(c, "\0x\0y\0", 5));
  CHECK("getsockname", "all bytes come back");
  struct sockaddr_un name;
  socklen_t length = sizeof name;
  R(getsockname(a, (void *)&name, &length));
  R(length);
  T(memcmp(name.sun_path, "\0x\0y", 4) == 0);
  CHECK("bind connect", "a single NUL is a name too");
  int one = given_socket(SOCK_DGRAM), client = given_socket(SOCK_DGRAM);
  R(bind_raw(one, "\0", 1));
  R(connect_raw(client, "\0", 1));
  R(send(client, "to the empty name", 17, 0));
  char text[32] = {0};
  R(recv(one, text, sizeof text, MSG_DONTWAIT));
  say("%s", text);
  CHECK("bind", "the same name for another kind");
  int stream = given_socket(SOCK_STREAM);
  R(bind_raw(stream, "\0x\0y", 4));
  CHECK("connect", "kinds that do not match, and nobody there");
  R(connect_raw(given_socket(SOCK_STREAM), "\0x\0y", 4));
  R(connect_raw(given_socket(SOCK_SEQPACKET), "\0x\0y", 4));
  R(connect_raw(given_socket(SOCK_DGRAM), "\0x", 2));
  R(connect_raw(given_socket(SOCK_DGRAM), "\0nobody", 7));
  CHECK("bind close", "free again when the socket is closed");
  close(a);
  R(bind_raw(given_socket(SOCK_DGRAM), "\0x\0y", 4));
  CHECK("bind", "a descriptor that a child holds keeps the name");
  struct gate go = new_gate();
  int kept = given_socket(SOCK_DGRAM);
  NEED(bind_raw(kept, "\0kept", 5));
  pid_t child = CHILD(await(go));
  close(kept);
  int other = given_socket(SOCK_DGRAM);
  R(bind_raw(other, "\0kept", 5));
  tell(go);
  reap("child", child);
  R(bind_raw(other, "\0kept", 5));
  CHECK("bind", "108 bytes, the longest");
  char longest[108];
  memset(longest, 'n', sizeof longest);
  longest[0] = 0;
  R(bind_raw(given_socket(SOCK_STREAM), longest, 108));
  R(bind_raw(given_socket(SOCK_STREAM), longest, 107));
  return 0;
}
