/* Internet sockets on the loopback device, for the cases about them. Ports are fixed: each case has its own network. */
#ifndef INET_H
#define INET_H
#include "case.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

static struct sockaddr_in UNUSED at4(const char *ip, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, ip, &address.sin_addr);
  return address;
}
static struct sockaddr_in6 UNUSED at6(const char *ip, int port) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  inet_pton(AF_INET6, ip, &address.sin6_addr);
  return address;
}
static int UNUSED bind4(int fd, const char *ip, int port) {
  struct sockaddr_in address = at4(ip, port);
  return bind(fd, (void *)&address, sizeof address);
}
static int UNUSED bind6(int fd, const char *ip, int port) {
  struct sockaddr_in6 address = at6(ip, port);
  return bind(fd, (void *)&address, sizeof address);
}
static int UNUSED connect4(int fd, const char *ip, int port) {
  struct sockaddr_in address = at4(ip, port);
  return connect(fd, (void *)&address, sizeof address);
}
static int UNUSED connect6(int fd, const char *ip, int port) {
  struct sockaddr_in6 address = at6(ip, port);
  return connect(fd, (void *)&address, sizeof address);
}
static ssize_t UNUSED send4(int fd, const char *text, const char *ip, int port) {
  struct sockaddr_in address = at4(ip, port);
  return sendto(fd, text, strlen(text), 0, (void *)&address, sizeof address);
}

/* An address as text; ephemeral ports are not the same twice. */
static const char UNUSED *address_text(const struct sockaddr_storage *any) {
  static char text[100];
  char ip[64] = "?";
  const struct sockaddr_in *four = (const void *)any;
  const struct sockaddr_in6 *six = (const void *)any;
  int v6 = any->ss_family == AF_INET6;
  if (any->ss_family == AF_INET || v6)
    inet_ntop(any->ss_family, v6 ? (void *)&six->sin6_addr : (void *)&four->sin_addr, ip, sizeof ip);
  int port = ntohs(v6 ? six->sin6_port : four->sin_port);
  if (port >= 32768)
    snprintf(text, sizeof text, "%s ephemeral", ip);
  else
    snprintf(text, sizeof text, "%s %d", ip, port);
  return text;
}
static void UNUSED say_names(const char *label, int fd) {
  struct sockaddr_storage any;
  socklen_t length = sizeof any;
  if (getsockname(fd, (void *)&any, &length) == -1)
    say("%s: getsockname %s", label, errno_name(errno));
  else
    say("%s: own %s, length %d", label, address_text(&any), (int)length);
  length = sizeof any;
  if (getpeername(fd, (void *)&any, &length) == -1)
    say("%s: getpeername %s", label, errno_name(errno));
  else
    say("%s: peer %s, length %d", label, address_text(&any), (int)length);
}

static int UNUSED so_error(int fd) {
  int value = -1;
  socklen_t length = sizeof value;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length);
  return value;
}
static int UNUSED option(int fd, int level, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(fd, level, name, &value, &length) == -1 ? -errno : value;
}
static int UNUSED set_option(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value);
}

/* Readiness at once, by name. */
static void UNUSED say_poll(const char *label, int fd) {
  struct pollfd p = {fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
  poll(&p, 1, 0);
  say("%s:%s%s%s%s%s%s", label, p.revents & POLLIN ? " IN" : "", p.revents & POLLOUT ? " OUT" : "",
      p.revents & POLLPRI ? " PRI" : "", p.revents & POLLRDHUP ? " RDHUP" : "",
      p.revents & POLLHUP ? " HUP" : "", p.revents & POLLERR ? " ERR" : "");
}

/* A listener on 127.0.0.1, and a connection through it. */
static int UNUSED listen4(int port, int backlog) {
  int fd = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(bind4(fd, "127.0.0.1", port));
  NEED(listen(fd, backlog));
  return fd;
}
struct connection {
  int listener, client, server;
};
static struct connection UNUSED connection4(int port) {
  struct connection c;
  c.listener = listen4(port, 5);
  c.client = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect4(c.client, "127.0.0.1", port));
  c.server = NEED(accept(c.listener, NULL, NULL));
  return c;
}
#endif
