// tags: network
// timeout: 20
// Connections that are busy with small messages for long: every byte comes once and in order, however its reader waits.
#include "net.h"

#include <sys/epoll.h>

enum { ROUNDS = 1500 };

static uint32_t state = 12345;
static uint32_t next_random(void) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

/* Sends back what comes, by reads and writes of its own sizes. */
static void echo(int fd) {
  char buf[3000];
  ssize_t n;
  while ((n = read(fd, buf, 1 + next_random() % sizeof buf)) > 0) {
    for (ssize_t done = 0; done < n;) {
      ssize_t w = write(fd, buf + done, (size_t)(n - done));
      if (w <= 0) _exit(3);
      done += w;
    }
  }
  _exit(n == 0 ? 0 : 4);
}

static pid_t serve(const struct connection *c) {
  NEED(set_option(c->server, IPPROTO_TCP, TCP_NODELAY, 1));
  NEED(set_option(c->client, IPPROTO_TCP, TCP_NODELAY, 1));
  pid_t pid = NEED(fork());
  if (pid == 0) {
    close(c->client);
    echo(c->server);
  }
  close(c->server);
  return pid;
}

static unsigned char sent_mark(long at) {
  return (unsigned char)(at * 7 + (at >> 8));
}

/* Writes messages and takes their echo, `wait` before each read. Returns bytes that were right, or -1 where the first was not. */
static long converse(int fd, void (*wait)(int)) {
  static unsigned char out[2048], in[4096];
  long sent = 0, got = 0;
  for (int i = 0; i < ROUNDS; i++) {
    size_t length = 1 + next_random() % sizeof out;
    for (size_t k = 0; k < length; k++) out[k] = sent_mark(sent + (long)k);
    if (write(fd, out, length) != (ssize_t)length) return -2;
    sent += (long)length;
    while (got < sent) {
      wait(fd);
      ssize_t n = recv(fd, in, 1 + next_random() % sizeof in, MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN) continue;
      if (n <= 0) return -3;
      for (ssize_t k = 0; k < n; k++)
        if (in[k] != sent_mark(got + k)) return -1;
      got += n;
    }
  }
  return got;
}

static int epoll_fd;
static void wait_poll(int fd) {
  struct pollfd p = {.fd = fd, .events = POLLIN};
  NEED(poll(&p, 1, -1));
}
static void wait_epoll(int fd) {
  struct epoll_event ev;
  (void)fd;
  NEED(epoll_wait(epoll_fd, &ev, 1, -1));
}
static void no_wait(int fd) {
  (void)fd;
}

static void finish(struct connection *c, pid_t pid, long bytes) {
  int status;
  T(bytes > ROUNDS);
  NEED(shutdown(c->client, SHUT_WR));
  char rest;
  T(read(c->client, &rest, 1) == 0);
  NEED(waitpid(pid, &status, 0));
  T(status == 0);
  close(c->client);
  close(c->listener);
}

static void watched(int port, uint32_t events) {
  struct connection c = connection4(port);
  pid_t pid = serve(&c);
  epoll_fd = NEED(epoll_create1(0));
  struct epoll_event ev = {.events = events};
  NEED(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c.client, &ev));
  finish(&c, pid, converse(c.client, wait_epoll));
  close(epoll_fd);
}

int main(void) {
  CHECK("poll recvfrom write", "a thousand messages and more");
  struct connection c = connection4(7300);
  pid_t pid = serve(&c);
  finish(&c, pid, converse(c.client, wait_poll));

  CHECK("recvfrom(MSG_DONTWAIT)", "without ever waiting");
  c = connection4(7301);
  pid = serve(&c);
  finish(&c, pid, converse(c.client, no_wait));

  CHECK("epoll_wait", "by level");
  watched(7302, EPOLLIN);

  CHECK("epoll_ctl epoll_wait", "armed anew for every message");
  c = connection4(7303);
  pid = serve(&c);
  epoll_fd = NEED(epoll_create1(0));
  long right = 0;
  for (int i = 0; i < ROUNDS; i++) {
    char byte = (char)i, back = 0;
    struct epoll_event ev = {.events = EPOLLOUT, .data.u32 = (uint32_t)i};
    NEED(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c.client, &ev));
    NEED(epoll_wait(epoll_fd, &ev, 1, -1));
    if (ev.events != EPOLLOUT || ev.data.u32 != (uint32_t)i) break;
    NEED(write(c.client, &byte, 1));
    NEED(epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c.client, NULL));
    ev.events = EPOLLIN;
    NEED(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c.client, &ev));
    NEED(epoll_wait(epoll_fd, &ev, 1, -1));
    if (ev.events != EPOLLIN || read(c.client, &back, 1) != 1 || back != byte) break;
    NEED(epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c.client, NULL));
    if (epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c.client, NULL) == 0 || errno != ENOENT) break;
    right++;
  }
  T(right == ROUNDS);
  finish(&c, pid, ROUNDS + 1);
  close(epoll_fd);

  CHECK("epoll_wait(EPOLLET)", "by edge, each edge read to its end");
  c = connection4(7304);
  pid = serve(&c);
  epoll_fd = NEED(epoll_create1(0));
  struct epoll_event edge = {.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP};
  NEED(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c.client, &edge));
  long total = 0;
  for (int i = 0; i < ROUNDS; i++) {
    char out[500], in[600];
    size_t length = 1 + next_random() % sizeof out;
    memset(out, i, sizeof out);
    NEED(write(c.client, out, length));
    for (size_t got = 0; got < length;) {
      NEED(epoll_wait(epoll_fd, &edge, 1, -1));
      ssize_t n;
      while ((n = recv(c.client, in, sizeof in, MSG_DONTWAIT)) > 0) got += (size_t)n;
    }
    total += (long)length;
  }
  finish(&c, pid, total);
  close(epoll_fd);
  return 0;
}
