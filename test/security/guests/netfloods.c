/*
 * netfloods WHAT: pile up internet sockets and what waits in them, until the sandbox says no or enough is there. Then a plain
 * connection must still work.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char block[65000];

static struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}
static int named(int type, int port) {
  struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0);
  if (fd < 0 || bind(fd, (void *)&address, sizeof address)) exit(3);
  return fd;
}
static int listener(int port, int backlog) {
  int fd = named(SOCK_STREAM, port);
  if (listen(fd, backlog)) exit(3);
  return fd;
}
static int client_to(int port, int network) {
  struct sockaddr_in address = loopback(port);
  address.sin_addr.s_addr += htonl(network << 8);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect(fd, (void *)&address, sizeof address) && errno != EINPROGRESS) exit(4);
  return fd;
}
static int client(int port) {
  return client_to(port, 0);
}
static void many_files(rlim_t most) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max < most ? files.rlim_max : most;
  setrlimit(RLIMIT_NOFILE, &files);
}

/* Connections for which no listener ever has room: 100,000 half open, in as many processes as that takes. */
static void half_open(void) {
  many_files(20000);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(7000)};
  int l = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(l, (void *)&any, sizeof any) || listen(l, 0)) exit(3);
  client(7000);
  int made = 0, ends[2];
  if (pipe(ends)) exit(3);
  for (int i = 0; i < 50 && made < 100000; i++) {
    int here = 0;
    if (fork() == 0) {
      while (here < 19900 && made + here < 100000 && client_to(7000, i) >= 0) here++;
      if (write(ends[1], &here, sizeof here) != sizeof here) exit(3);
      pause();
    }
    if (read(ends[0], &here, sizeof here) != sizeof here) exit(3);
    made += here;
  }
  printf("%d half open\n", made);
}
/* Connections that come and go while nobody accepts. */
static void come_and_go(void) {
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(7001)};
  int l = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(l, (void *)&any, sizeof any) || listen(l, 1 << 20)) exit(3);
  for (int i = 0; i < 40000; i++) close(client_to(7001, i / 20000));
}
/* Ended connections, whose names stay taken for a while. */
static void ended(void) {
  int l = listener(7002, 10);
  for (int i = 0; i < 40000; i++) {
    int c = client(7002), s = accept(l, NULL, NULL);
    close(i % 2 ? c : s);
    close(i % 2 ? s : c);
  }
}
/* Streams that are filled and never read. */
static void streams(void) {
  many_files(20000);
  int l = listener(7003, 100), fd, s;
  while ((fd = client(7003)) >= 0 && (s = accept(l, NULL, NULL)) >= 0)
    while (send(fd, block, sizeof block, MSG_NOSIGNAL) > 0) continue;
}
/* Datagrams that are never read, in as many sockets as there may be. */
static void datagrams(void) {
  many_files(20000);
  int from = named(SOCK_DGRAM, 7004), fd;
  while ((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0) {
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(fd, (void *)&address, sizeof address)) break;
    getsockname(fd, (void *)&address, &length);
    for (int i = 0; i < 5; i++) sendto(from, block, sizeof block, 0, (void *)&address, sizeof address);
  }
}
/* Errors that are kept and never read, and messages that are never finished. */
static void errors(void) {
  many_files(5000);
  int fd, on = 1, pending;
  socklen_t length = sizeof pending;
  struct sockaddr_in nobody = loopback(7009);
  while ((fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) >= 0) {
    setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    for (int i = 0; i < 40; i++) sendto(fd, block, 500, 0, (void *)&nobody, sizeof nobody);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &length);
    sendto(fd, block, 60000, MSG_MORE, (void *)&nobody, sizeof nobody);
  }
}

/* A connection that works: the flood is over, and its sockets are still there. */
static int still_alive(void) {
  static int port = 7999;
  int l = listener(port, 5), c = client(port--);
  if (c < 0) return 1;
  struct pollfd wait = {l, POLLIN, 0};
  poll(&wait, 1, 5000);
  int s = accept(l, NULL, NULL);
  char text[6] = "";
  if (s < 0 || send(c, "alive", 5, MSG_NOSIGNAL) != 5) return 1;
  wait.fd = s;
  poll(&wait, 1, 5000);
  if (recv(s, text, 5, 0) != 5) return 1;
  puts(text);
  return 0;
}

int main(int argc, char **argv) {
  const struct {
    const char *name;
    void (*run)(void);
  } cases[] = {{"half-open", half_open}, {"come-and-go", come_and_go}, {"ended", ended},
               {"streams", streams},     {"datagrams", datagrams},     {"errors", errors}};
  for (unsigned i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++) {
    if (strcmp(argv[1], cases[i].name) != 0) continue;
    sigset_t done;
    sigemptyset(&done);
    sigaddset(&done, SIGUSR1);
    sigprocmask(SIG_BLOCK, &done, NULL);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
      setpgid(0, 0);
      cases[i].run();
      /* What was piled up is there while another process goes on. */
      fflush(stdout);
      kill(parent, SIGUSR1);
      pause();
    }
    int number;
    sigwait(&done, &number);
    int result = still_alive();
    kill(-child, SIGKILL);
    waitpid(child, NULL, 0);
    return result || still_alive();
  }
  return 2;
}
