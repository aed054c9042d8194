// recvmsg(MSG_ERRQUEUE) and recvfrom(MSG_OOB) on blocking sockets: what is not there is not waited for (ip(7), tcp(7)).
#include "../case.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static void receive_error(int fd) {
  char text[64];
  struct iovec iov = {text, sizeof text};
  struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
  R(recvmsg(fd, &message, MSG_ERRQUEUE));
}

int main(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  int listener = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(bind(listener, (void *)&a, sizeof a));
  NEED(getsockname(listener, (void *)&a, &len));
  char byte;
  alarm(10);

  CHECK("recvmsg(MSG_ERRQUEUE)", "of a connection that was refused");
  int refused = NEED(socket(AF_INET, SOCK_STREAM, 0));
  R(connect(refused, (void *)&a, len));
  receive_error(refused);
  receive_error(refused);

  CHECK("recvmsg(MSG_ERRQUEUE)", "of sockets of other states");
  NEED(listen(listener, 5));
  receive_error(listener);
  int client = NEED(socket(AF_INET, SOCK_STREAM, 0));
  receive_error(client);
  NEED(connect(client, (void *)&a, len));
  receive_error(client);
  int server = NEED(accept(listener, NULL, NULL));
  NEED(send(client, "data", 4, 0));
  receive_error(server);
  int datagram = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  receive_error(datagram);

  CHECK("recvfrom(MSG_OOB)", "of a connection without urgent bytes");
  R(recv(server, &byte, 1, MSG_OOB));
  R(recv(client, &byte, 1, MSG_OOB));

  CHECK("recvmsg(MSG_ERRQUEUE) getsockopt(SO_ERROR)", "an error of the socket is left for others");
  int nonblocking = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  close(listener);
  close(server);
  connect(nonblocking, (void *)&a, len);
  struct pollfd p = {.fd = nonblocking, .events = POLLOUT};
  NEED(poll(&p, 1, 5000));
  receive_error(nonblocking);
  int error = 0;
  len = sizeof error;
  R(getsockopt(nonblocking, SOL_SOCKET, SO_ERROR, &error, &len));
  say("%s", errno_name(error));
  return 0;
}
