// tags: network
// Errors of internet sockets that need no network.
#include "case.h"

#include <netinet/in.h>
int main(void) {
  int p[2];
  NEED(pipe(p));
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(1)};
  CHECK("socket", "kinds, protocols and families that are unknown");
  R(socket(AF_INET, 77, 0));
  R(socket(AF_INET, SOCK_STREAM, 77));
  R(socket(12345, SOCK_STREAM, 0));
  CHECK("connect bind listen accept", "what is no socket");
  R(connect(p[1], (void *)&address, sizeof address));
  R(connect(-1, (void *)&address, sizeof address));
  R(bind(999, (void *)&address, sizeof address));
  R(listen(p[1], 1));
  R(accept(-1, NULL, NULL));
  CHECK("getsockname getsockopt", "a pipe");
  R(getsockname(p[1], NULL, NULL));
  int value;
  socklen_t length = sizeof value;
  R(getsockopt(p[1], SOL_SOCKET, SO_TYPE, &value, &length));
  CHECK("sendto recvfrom shutdown", "a pipe, no descriptor");
  R(send(p[1], "x", 1, 0));
  R(recv(-1, &value, 1, 0));
  R(shutdown(p[1], SHUT_RD));
  return 0;
}
