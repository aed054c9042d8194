// Abstract names of unix sockets: each type of socket has names of its own (unix(7)).
#include "../case.h"

static socklen_t named(struct sockaddr_un *a, const char *name) {
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  memcpy(a->sun_path + 1, name, strlen(name));
  return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

int main(void) {
  struct sockaddr_un a;
  socklen_t len = named(&a, "tvisor-types");
  int dgram = NEED(socket(AF_UNIX, SOCK_DGRAM, 0));
  int stream = NEED(socket(AF_UNIX, SOCK_STREAM, 0));
  int packet = NEED(socket(AF_UNIX, SOCK_SEQPACKET, 0));
  int client = NEED(socket(AF_UNIX, SOCK_STREAM, 0));
  int sender = NEED(socket(AF_UNIX, SOCK_DGRAM, 0));

  CHECK("connect", "a stream does not find the name of a datagram socket");
  R(bind(dgram, (void *)&a, len));
  R(connect(client, (void *)&a, len));
  R(connect(packet, (void *)&a, len));

  CHECK("bind", "the same name for sockets of three types");
  R(bind(stream, (void *)&a, len));
  R(bind(packet, (void *)&a, len));
  int twin = NEED(socket(AF_UNIX, SOCK_STREAM, 0));
  R(bind(twin, (void *)&a, len));

  CHECK("connect listen", "each finds the one of its type");
  R(listen(stream, 1));
  R(connect(client, (void *)&a, len));
  R(connect(sender, (void *)&a, len));
  R(send(client, "s", 1, 0));
  R(send(sender, "dd", 2, 0));
  char text[8];
  int peer = R(accept(stream, NULL, NULL)) < 0 ? -1 : 8;
  R(recv(peer, text, sizeof text, MSG_DONTWAIT));
  R(recv(dgram, text, sizeof text, MSG_DONTWAIT));

  CHECK("sendto close", "closing the one leaves the name of the other");
  close(stream);
  R(connect(twin, (void *)&a, len));
  R(sendto(sender, "e", 1, 0, (void *)&a, len));
  R(recv(dgram, text, sizeof text, MSG_DONTWAIT));
  return 0;
}
