// covers: socket bind listen accept4 connect getsockname getpeername
// Named and abstract sockets: the life of a connection and its errors.
#include "case.h"

int main(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "sock"}, peer;
  socklen_t size = sizeof address, got = sizeof peer;
  int server = NEED(socket(AF_UNIX, SOCK_STREAM, 0)), client = NEED(socket(AF_UNIX, SOCK_STREAM, 0));
  R(connect(client, (void *)&address, size));
  R(bind(server, (void *)&address, size));
  R(bind(server, (void *)&address, size));
  R(connect(client, (void *)&address, size));
  R(listen(server, 5));
  struct stat st;
  NEED(stat("sock", &st));
  T(S_ISSOCK(st.st_mode));
  R(open("sock", O_RDONLY));
  R(connect(client, (void *)&address, size));
  R(connect(client, (void *)&address, size));
  int connection = NEED(accept4(server, (void *)&peer, &got, SOCK_CLOEXEC));
  R(got);
  got = sizeof peer;
  R(getsockname(server, (void *)&peer, &got));
  say("%s %d", peer.sun_path, got);
  got = sizeof peer;
  R(getpeername(client, (void *)&peer, &got));
  say("%s", peer.sun_path);
  struct ucred cred;
  got = sizeof cred;
  R(getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &cred, &got));
  T(cred.pid == getpid() && cred.uid == geteuid());
  R(write(client, "hi", 2));
  char text[8] = {0};
  R(read(connection, text, 8));
  say("%s", text);
  NEED(unlink("sock"));
  int second = NEED(socket(AF_UNIX, SOCK_STREAM, 0));
  R(connect(second, (void *)&address, size));
  struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0tvisor-case-"};
  sprintf(abstract.sun_path + 13, "%d", getpid());
  int datagrams = NEED(socket(AF_UNIX, SOCK_DGRAM, 0)), sender = NEED(socket(AF_UNIX, SOCK_DGRAM, 0));
  R(bind(datagrams, (void *)&abstract, 24));
  R(sendto(sender, "gram", 4, 0, (void *)&abstract, 24));
  R(recv(datagrams, text, 8, 0));
  R(sendto(sender, "gram", 4, 0, (void *)&abstract, 23));
  R(listen(datagrams, 1));
  R(accept(client, NULL, NULL));
  R(socket(AF_UNIX, 77, 0));
  return 0;
}
