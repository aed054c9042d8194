/*
 * growth CASE: takes of one thing as much as it gets, or a great number of different ones, one after the other.
 * What the kernel keeps for it must stay bounded.
 */
#include "guest.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

static char text[1 << 20];

static void names(void) {
  struct stat st;
  for (int i = 0; i < 600000; i++) {
    snprintf(text, sizeof text, "/tmp/absent-%d", i);
    stat(text, &st);
  }
}

static void files(void) {
  for (int i = 0; i < 100000; i++) {
    snprintf(text, sizeof text, "file-%d", i);
    close(open(text, O_CREAT | O_RDWR, 0600));
    unlink(text);
  }
}

static void pipes(void) {
  int ends[2];
  while (pipe2(ends, O_NONBLOCK) == 0) {
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    while (write(ends[1], text, sizeof text) > 0) continue;
  }
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

/* How long epoll_wait(2) takes that finds one event: the best of several tries. */
static double wait_time(int ep, int fd) {
  struct epoll_event event;
  uint64_t value = 1;
  double best = 1;
  for (int round = 0; round < 10; round++) {
    double start = seconds();
    for (int i = 0; i < 100; i++) {
      if (write(fd, &value, 8) != 8 || epoll_wait(ep, &event, 1, 0) != 1 || read(fd, &value, 8) != 8)
        return 1;
    }
    if (seconds() - start < best) best = seconds() - start;
  }
  return best;
}

/* Fifty thousand descriptors in one epoll: a wait costs what it did with a hundred, and all of them are found. */
static void watched(void) {
  enum { COUNT = 50000 };
  static struct epoll_event events[COUNT];
  static int fds[COUNT];
  struct rlimit many = {COUNT + 100, COUNT + 100};
  setrlimit(RLIMIT_NOFILE, &many);
  int ep = epoll_create1(0), found = 0;
  double few = 0;
  uint64_t one = 1;
  for (int i = 0; i < COUNT; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    fds[i] = eventfd(0, EFD_NONBLOCK);
    if (epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &event) < 0) printf("not added: %s\n", strerrorname_np(errno));
    if (i == 100) few = wait_time(ep, fds[50]);
  }
  double all = wait_time(ep, fds[COUNT / 2]);
  if (all > few * 3) printf("slow: %g instead of %g\n", all, few);
  for (int i = 0; i < COUNT; i++)
    if (write(fds[i], &one, 8) != 8) printf("not written\n");
  double start = seconds();
  for (int n; found < COUNT && (n = epoll_wait(ep, events, COUNT, 0)) > 0; found += n) {
  }
  printf("found %d%s\n", found, seconds() - start < 2 ? "" : ", late");
}

static void directories(void) {
  int fd;
  for (int i = 0; i < 5000; i++) {
    snprintf(text, sizeof text, "%0200d", i);
    close(open(text, O_CREAT | O_RDWR, 0600));
  }
  for (int i = 0; i < 2000 && (fd = open(".", O_RDONLY)) >= 0; i++) syscall(SYS_getdents64, fd, text, 512);
}

static void zombies(void) {
  pid_t child;
  while ((child = fork()) > 0) continue;
  if (child == 0) _exit(0);
  printf("%s\n", errno == EAGAIN ? "refused: EAGAIN" : "refused otherwise");
  while (wait(NULL) > 0) continue;
}

/* Connections that nobody accepts, each with as much in it as it takes. */
static void connections(void) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(7000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max < 20000 ? files.rlim_max : 20000;
  setrlimit(RLIMIT_NOFILE, &files);
  int listener = socket(AF_INET, SOCK_STREAM, 0), fd;
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 1 << 20)) exit(3);
  while ((fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) >= 0) {
    connect(fd, (void *)&address, sizeof address);
    while (send(fd, text, sizeof text, MSG_NOSIGNAL) > 0) continue;
  }
}

int main(int argc, char **argv) {
  const struct {
    const char *name;
    void (*run)(void);
  } cases[] = {{"names", names},
               {"files", files},
               {"pipes", pipes},
               {"connections", connections},
               {"directories", directories},
               {"watched", watched},
               {"zombies", zombies}};
  work_directory();
  for (unsigned i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++) {
    if (strcmp(argv[1], cases[i].name) != 0) continue;
    cases[i].run();
    closefrom(3);
    return still_alive();
  }
  return 2;
}
