// Two processes that talk: a byte there and back, or as many bytes as go; connections; one ready among very many.
#include "micro.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { MANY = 10000 };

static int to_peer, from_peer;
static int listener;
static struct sockaddr_in address;

// Containers come with a loopback device that is down. Where it is up, or may not be changed, nothing happens.
static void raise_loopback(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {.ifr_name = "lo"};
  if (fd < 0) return;
  if (ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) == 0) {
    request.ifr_flags |= IFF_UP;
    ioctl(fd, SIOCSIFFLAGS, &request);
  }
  close(fd);
}

// ---- making the ways ----

static int make_pipes(int near[2], int far[2]) {
  int there[2], back[2];
  if (pipe2(there, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0) return -1;
  near[0] = back[0];
  near[1] = there[1];
  far[0] = there[0];
  far[1] = back[1];
  return 0;
}

static int make_unix(int near[2], int far[2]) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -1;
  near[0] = near[1] = pair[0];
  far[0] = far[1] = pair[1];
  return 0;
}

static int bound(int type) {
  raise_loopback();
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0) return -1;
  return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? fd : -1;
}

static int make_tcp(int near[2], int far[2]) {
  int one = 1;
  listener = bound(SOCK_STREAM);
  if (listener < 0 || listen(listener, 16) != 0) return -1;
  near[0] = near[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (near[0] < 0 || connect(near[0], (struct sockaddr *)&address, sizeof address) != 0) return -1;
  far[0] = far[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (far[0] < 0) return -1;
  if (setsockopt(near[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) return -1;
  return setsockopt(far[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static int make_udp(int near[2], int far[2]) {
  near[0] = near[1] = bound(SOCK_DGRAM);
  struct sockaddr_in first = address;
  far[0] = far[1] = bound(SOCK_DGRAM);
  if (near[0] < 0 || far[0] < 0) return -1;
  if (connect(near[0], (struct sockaddr *)&address, sizeof address) != 0) return -1;
  return connect(far[0], (struct sockaddr *)&first, sizeof first);
}

// ---- the other process ----

static void echo(int in, int out) {
  char byte;
  while (read(in, &byte, 1) == 1 && write(out, &byte, 1) == 1) {
  }
}

static void swallow(int in, int out) {
  (void)out;
  while (read(in, buffer, sizeof buffer) > 0) {
  }
}

static int set_up(int (*make)(int *, int *), void (*peer)(int, int)) {
  int near[2], far[2];
  if (make(near, far) != 0) return -1;
  pid_t pid = fork();
  if (pid < 0) return -1;
  if (pid == 0) {
    close(near[0]);
    if (near[1] != near[0]) close(near[1]);
    peer(far[0], far[1]);
    _exit(0);  // the other side is gone
  }
  close(far[0]);
  if (far[1] != far[0]) close(far[1]);
  from_peer = near[0];
  to_peer = near[1];
  return 0;
}

// UDP has no end that the other process would see.
static void hang_up(void) {
  send(to_peer, "", 0, MSG_NOSIGNAL);
}

static int set_up_unix_two(void) {
  return set_up(make_unix, echo);
}
static int set_up_tcp_two(void) {
  return set_up(make_tcp, echo);
}
static int set_up_udp_two(void) {
  return set_up(make_udp, echo);
}
static int set_up_pipe_stream(void) {
  return set_up(make_pipes, swallow);
}
// The same room in between everywhere: what fits in there is faster than what somebody has to take out.
static int with_room(int result) {
  int size = 128 * 1024;
  return result != 0 ? result : setsockopt(to_peer, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}
static int make_tcp_with_room(int near[2], int far[2]) {
  int size = 128 * 1024;
  if (make_tcp(near, far) != 0) return -1;
  return setsockopt(far[0], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}
static int set_up_unix_stream(void) {
  return with_room(set_up(make_unix, swallow));
}
static int set_up_tcp_stream(void) {
  return with_room(set_up(make_tcp_with_room, swallow));
}

static int op_there_and_back(void) {
  if (syscall(SYS_write, to_peer, buffer, 1) != 1) return -1;
  return syscall(SYS_read, from_peer, buffer, 1) == 1 ? 0 : -1;
}

// Buffers in between are soon full: in the long run as fast as the other process takes it.
static int op_stream(void) {
  return syscall(SYS_write, to_peer, buffer, sizeof buffer) == (long)sizeof buffer ? 0 : -1;
}

// ---- connections ----

static struct sockaddr_un name;

static int set_up_tcp_accept(void) {
  listener = bound(SOCK_STREAM);
  return listener < 0 ? -1 : listen(listener, 16);
}

static int set_up_unix_accept(void) {
  listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  name = (struct sockaddr_un){.sun_family = AF_UNIX};
  // An abstract name: its first byte is 0.
  snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "micro-%d", (int)getpid());
  if (listener < 0 || bind(listener, (struct sockaddr *)&name, sizeof name) != 0) return -1;
  return listen(listener, 16);
}

static int op_connection(int family, const void *to, socklen_t size, int reset) {
  // With a reset no port waits for its minute in TIME-WAIT: there are not enough of them.
  static const struct linger none = {1, 0};
  int client = (int)syscall(SYS_socket, family, SOCK_STREAM, 0);
  if (client < 0 || syscall(SYS_connect, client, to, size) != 0) return -1;
  int server = (int)syscall(SYS_accept, listener, NULL, NULL);
  if (server < 0) return -1;
  if (reset && setsockopt(client, SOL_SOCKET, SO_LINGER, &none, sizeof none) != 0) return -1;
  if (syscall(SYS_close, client) != 0) return -1;
  return (int)syscall(SYS_close, server);
}

static int op_tcp_connection(void) {
  return op_connection(AF_INET, &address, sizeof address, 1);
}

static int op_unix_connection(void) {
  return op_connection(AF_UNIX, &name, sizeof name, 0);
}

// ---- one of very many ----

static int epoll_fd;

static int set_up_many(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) return -1;
  for (int i = 0; i < MANY; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = i};
    int fd = eventfd(i == MANY / 2, EFD_CLOEXEC);
    if (fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) return -1;
  }
  return 0;
}

static int op_one_of_many(void) {
  struct epoll_event events[16];
  if (syscall(SYS_epoll_wait, epoll_fd, events, 16, -1) != 1) return -1;
  return events[0].data.fd == MANY / 2 ? 0 : unexpected();
}

const struct row traffic_rows[] = {
    {"unix-two", set_up_unix_two, op_there_and_back, NULL},
    {"tcp-two", set_up_tcp_two, op_there_and_back, NULL},
    {"udp-two", set_up_udp_two, op_there_and_back, hang_up},
    {"pipe-stream", set_up_pipe_stream, op_stream, NULL},
    {"unix-stream", set_up_unix_stream, op_stream, NULL},
    {"tcp-stream", set_up_tcp_stream, op_stream, NULL},
    {"tcp-accept", set_up_tcp_accept, op_tcp_connection, NULL},
    {"unix-accept", set_up_unix_accept, op_unix_connection, NULL},
    {"epoll-wait-10k", set_up_many, op_one_of_many, NULL},
    {NULL, NULL, NULL, NULL},
};
