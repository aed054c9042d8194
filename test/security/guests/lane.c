/*
 * lane SECONDS: takes the memory of the fast lane (addon/guest/lane.h) for itself and writes nonsense into it, while other
 * processes keep conversations over lanes of their own, which must stay right.
 */
#include "guest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { LANE_MEMORY = 1001, LANE_KICK = 1002, TABLE = -1, LOG = -2 };
enum { TABLE_SIZE = 24576, LOG_SIZE = 16384, ARENA_SIZE = 64 * (4096 + 2 * 32768) };

static uint32_t seed = 1;
static uint32_t any(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 7;
}

static void need(long ok, const char *what) {
  if (ok >= 0) return;
  printf("%s: %s\n", what, strerror(errno));
  fflush(stdout);
  _exit(1);
}

/* A connection over loopback: both ends. */
static void connection(int ends[2]) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  need(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
  need(listen(listener, 5), "listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  ends[0] = socket(AF_INET, SOCK_STREAM, 0);
  need(connect(ends[0], (struct sockaddr *)&address, sizeof address), "connect");
  ends[1] = accept(listener, NULL, NULL);
  need(ends[1], "accept");
  close(listener);
}

/* There and back `times` times. Returns how often what came back was right. */
static int talk(int fd, int times) {
  int right = 0;
  for (int i = 0; i < times; i++) {
    uint32_t word = any(), back = 0;
    if (write(fd, &word, 4) != 4 || recv(fd, &back, 4, MSG_WAITALL) != 4) break;
    right += back == word;
  }
  return right;
}

static pid_t echo(const int ends[2]) {
  pid_t pid = fork();
  if (pid == 0) {
    char buf[256];
    ssize_t n;
    close(ends[0]);
    while ((n = read(ends[1], buf, sizeof buf)) > 0)
      if (write(ends[1], buf, (size_t)n) != n) break;
    _exit(0);
  }
  close(ends[1]);
  return pid;
}

static void *take(long which, size_t size, int prot) {
  long fd = syscall(LANE_MEMORY, which);
  if (fd < 0) return NULL;
  void *at = mmap(NULL, size, prot, MAP_SHARED, (int)fd, 0);
  return at == MAP_FAILED ? NULL : at;
}

/* The hostile one: a busy connection within itself and one with a child, and then everything that can be written is. */
static void attack(int seconds) {
  int own[2], shared[2];
  connection(own);
  connection(shared);
  pid_t child = echo(shared);
  char byte = 0;
  for (int i = 0; i < 300; i++) {
    if (write(own[0], &byte, 1) != 1 || read(own[1], &byte, 1) != 1) _exit(2);
    if (write(own[1], &byte, 1) != 1 || read(own[0], &byte, 1) != 1) _exit(2);
  }
  talk(shared[0], 300);
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  for (int i = 0; i < 50; i++) {
    epoll_ctl(epoll, EPOLL_CTL_ADD, own[0], &event);
    epoll_ctl(epoll, EPOLL_CTL_DEL, own[0], &event);
  }
  if (take(TABLE, TABLE_SIZE, PROT_READ | PROT_WRITE) != NULL) {
    printf("the table can be written\n");
    fflush(stdout);
    _exit(3);
  }
  void *table = take(TABLE, TABLE_SIZE, PROT_READ);
  if (table == NULL || mprotect(table, TABLE_SIZE, PROT_READ | PROT_WRITE) == 0) _exit(4);
  uint32_t *areas[3] = {take(LOG, LOG_SIZE, PROT_READ | PROT_WRITE),
                        take(0, ARENA_SIZE, PROT_READ | PROT_WRITE),
                        take(1, ARENA_SIZE, PROT_READ | PROT_WRITE)};
  const size_t sizes[3] = {LOG_SIZE / 4, ARENA_SIZE / 4, ARENA_SIZE / 4};
  fcntl(own[0], F_SETFL, O_NONBLOCK);
  fcntl(own[1], F_SETFL, O_NONBLOCK);
  fcntl(shared[0], F_SETFL, O_NONBLOCK);
  time_t end = time(NULL) + seconds;
  char buf[512];
  for (unsigned round = 0; time(NULL) < end; round++) {
    for (int i = 0; i < 64; i++) {
      int a = (int)(any() % 3);
      if (areas[a] == NULL) continue;
      // Mostly where positions and entries are.
      size_t at = any() % (a == 0 || any() % 4 == 0 ? sizes[a] : 128);
      areas[a][at] = any() % 3 == 0 ? any() * any() : any() % 40000;
    }
    (void)!write(own[round % 2], buf, any() % sizeof buf);
    (void)!read(own[any() % 2], buf, sizeof buf);
    (void)!write(shared[0], buf, any() % sizeof buf);
    (void)!read(shared[0], buf, sizeof buf);
    syscall(LANE_KICK, (int)(any() % 20) - 2);
    syscall(LANE_MEMORY, (int)any());
    struct epoll_event got[4];
    epoll_wait(epoll, got, 4, 0);
    struct pollfd p = {.fd = own[0], .events = POLLIN};
    poll(&p, 1, 0);
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  _exit(0);
}

int main(int argc, char **argv) {
  int seconds = argc > 1 ? atoi(argv[1]) : 5;
  int ends[2], status;
  connection(ends);
  pid_t friend = echo(ends);
  need(talk(ends[0], 500) == 500 ? 0 : -1, "before");
  pid_t enemy = fork();
  if (enemy == 0) {
    close(ends[0]);
    attack(seconds);
  }
  time_t end = time(NULL) + seconds;
  long rounds = 0;
  while (time(NULL) < end) {
    need(talk(ends[0], 100) == 100 ? 0 : -1, "a conversation of others");
    rounds++;
  }
  waitpid(enemy, &status, 0);
  printf("enemy %s %d\n", WIFEXITED(status) ? "exited" : "was killed",
         WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  close(ends[0]);
  waitpid(friend, &status, 0);
  printf("%s\nalive\n", rounds > 5 ? "talked on" : "hardly talked");
  return 0;
}
