// Many processes and threads that wait for one another in every way there is, for as many seconds as the first argument
// says. Everybody counts his rounds in shared memory; who does not get on for STALL seconds has missed a wake-up.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STALL = 20, MOST = 96, CLIENTS = 4, WORKERS = 4, LARGEST = 40000 };

struct slot {
  char name[28];
  atomic_long rounds;
};
static struct shared {
  atomic_int used;
  struct slot slots[MOST];
} * shared;

static void failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  kill(0, SIGKILL);
}
#define NEED(call)                   \
  ({                                 \
    long value_ = (long)(call);      \
    if (value_ == -1) failed(#call); \
    value_;                          \
  })

static atomic_long *counter(const char *name, int number) {
  struct slot *s = &shared->slots[atomic_fetch_add(&shared->used, 1)];
  snprintf(s->name, sizeof s->name, "%s %d", name, number);
  return &s->rounds;
}

static void wait_readable(int fd) {
  struct pollfd f = {fd, POLLIN, 0};
  while (poll(&f, 1, -1) < 0) {
  }
}

// --- a ring of threads with pipes ---------------------------------------------------------------------------------

static int ring[WORKERS][2];
static void *__attribute__((noreturn)) ring_member(void *argument) {
  int i = (int)(long)argument;
  atomic_long *rounds = counter("ring", i);
  char token;
  for (;;) {
    NEED(read(ring[i][0], &token, 1));
    NEED(write(ring[(i + 1) % WORKERS][1], &token, 1));
    (*rounds)++;
  }
}
static void run_ring(void) {
  pthread_t thread;
  for (int i = 0; i < WORKERS; i++) NEED(pipe(ring[i]));
  for (int i = 0; i < WORKERS; i++) pthread_create(&thread, NULL, ring_member, (void *)(long)i);
  NEED(write(ring[0][1], "ab", 2));
  pthread_join(thread, NULL);
}

// --- an edge-triggered server that sends everything back, and clients that wait in different ways ------------------

struct link {
  int in, out;
  size_t length;
  char data[LARGEST];
};

// Moves bytes until neither side goes on: what an edge-triggered server has to do.
static void pump(struct link *l) {
  for (int moved = 1; moved;) {
    moved = 0;
    ssize_t n = l->length < sizeof l->data ? read(l->in, l->data + l->length, sizeof l->data - l->length) : 0;
    if (n > 0) {
      l->length += (size_t)n;
      moved = 1;
    }
    n = l->length > 0 ? write(l->out, l->data, l->length) : 0;
    if (n > 0) {
      l->length -= (size_t)n;
      memmove(l->data, l->data + n, l->length);
      moved = 1;
    }
  }
}
static void serve(const char *name, struct link *links) {
  atomic_long *rounds = counter(name, 99);
  int ep = (int)NEED(epoll_create1(0));
  for (int i = 0; i < CLIENTS; i++) {
    fcntl(links[i].in, F_SETFL, O_NONBLOCK);
    fcntl(links[i].out, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)i};
    if (links[i].in == links[i].out) event.events |= EPOLLOUT;
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, links[i].in, &event));
    event.events = EPOLLOUT | EPOLLET;
    if (links[i].in != links[i].out) NEED(epoll_ctl(ep, EPOLL_CTL_ADD, links[i].out, &event));
  }
  for (;;) {
    struct epoll_event events[3];
    int n = epoll_wait(ep, events, 3, -1);
    for (int i = 0; i < n; i++) pump(&links[events[i].data.u32]);
    (*rounds)++;
  }
}

static int client_epoll;
static void client_waits(int how, int fd) {
  if (how == 1) wait_readable(fd);
  if (how == 2) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    NEED(select(fd + 1, &set, NULL, NULL, NULL));
  }
  struct epoll_event event;
  if (how == 3) NEED(epoll_wait(client_epoll, &event, 1, -1));
}
static void be_client(const char *name, int number, int in, int out) {
  static char sent[LARGEST], got[LARGEST];
  atomic_long *rounds = counter(name, number);
  unsigned seed = (unsigned)number;
  int how = number % 4;
  for (size_t i = 0; i < sizeof sent; i++) sent[i] = (char)(i * 31 + (size_t)number);
  if (how != 0) fcntl(in, F_SETFL, fcntl(in, F_GETFL) | (in == out ? 0 : O_NONBLOCK));
  if (how == 3) {
    client_epoll = (int)NEED(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN};
    NEED(epoll_ctl(client_epoll, EPOLL_CTL_ADD, in, &event));
  }
  for (;;) {
    size_t size = rand_r(&seed) % 4 ? 1 + rand_r(&seed) % 100 : 1 + rand_r(&seed) % LARGEST, done = 0;
    NEED((size_t)write(out, sent, size) == size ? 0 : -1);
    while (done < size) {
      client_waits(how, in);
      ssize_t n = read(in, got + done, size - done);
      if (n > 0) done += (size_t)n;
      if (n == 0 || (n < 0 && errno != EAGAIN)) failed("read");
    }
    if (memcmp(sent, got, size) != 0) {
      fprintf(stderr, "%s %d: other bytes came back\n", name, number);
      kill(0, SIGKILL);
    }
    (*rounds)++;
  }
}

static void make_link(const char *name, int *client_in, int *client_out, struct link *l) {
  int a[2], b[2];
  if (strcmp(name, "pipe") == 0) {
    NEED(pipe(a));
    NEED(pipe(b));
    *client_in = b[0];
    *client_out = a[1];
    l->in = a[0];
    l->out = b[1];
    return;
  }
  if (strcmp(name, "unix") == 0) {
    NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, a));
  } else {
    int listener = (int)NEED(socket(AF_INET, SOCK_STREAM, 0));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    NEED(bind(listener, (struct sockaddr *)&address, size));
    NEED(listen(listener, 1));
    NEED(getsockname(listener, (struct sockaddr *)&address, &size));
    a[0] = (int)NEED(socket(AF_INET, SOCK_STREAM, 0));
    NEED(connect(a[0], (struct sockaddr *)&address, size));
    a[1] = (int)NEED(accept(listener, NULL, NULL));
    close(listener);
  }
  *client_in = *client_out = a[0];
  l->in = l->out = a[1];
}
static void run_echo(const char *name) {
  static struct link links[CLIENTS];
  int in[CLIENTS], out[CLIENTS];
  for (int i = 0; i < CLIENTS; i++) make_link(name, &in[i], &out[i], &links[i]);
  for (int i = 0; i < CLIENTS; i++)
    if (NEED(fork()) == 0) be_client(name, i, in[i], out[i]);
  serve(name, links);
}
static void run_pipes(void) {
  run_echo("pipe");
}
static void run_unix(void) {
  run_echo("unix");
}
static void run_tcp(void) {
  run_echo("tcp");
}

// --- threads that share an epoll descriptor of one-shot events ------------------------------------------------------

enum { EVENTS = 8 };
static int pool, done, posts[EVENTS];
static void *__attribute__((noreturn)) pool_member(void *argument) {
  atomic_long *rounds = counter("one-shot", (int)(long)argument);
  for (;;) {
    struct epoll_event event;
    uint64_t count;
    if (epoll_wait(pool, &event, 1, -1) != 1) continue;
    NEED(read(posts[event.data.u32], &count, 8));
    NEED(write(done, &count, 8));
    event.events = EPOLLIN | EPOLLONESHOT;
    NEED(epoll_ctl(pool, EPOLL_CTL_MOD, posts[event.data.u32], &event));
    (*rounds)++;
  }
}
static void run_pool(void) {
  pthread_t thread;
  unsigned seed = 1;
  pool = (int)NEED(epoll_create1(0));
  done = (int)NEED(eventfd(0, 0));
  for (uint32_t i = 0; i < EVENTS; i++) {
    posts[i] = (int)NEED(eventfd(0, EFD_NONBLOCK));
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u32 = i};
    NEED(epoll_ctl(pool, EPOLL_CTL_ADD, posts[i], &event));
  }
  for (long i = 0; i < WORKERS; i++) pthread_create(&thread, NULL, pool_member, (void *)i);
  atomic_long *rounds = counter("poster", 0);
  for (;;) {
    uint64_t sent = 0, came = 0, one = 1, count;
    for (int i = 0; i < EVENTS; i++)
      if (rand_r(&seed) % 2) {
        NEED(write(posts[i], &one, 8));
        sent++;
      }
    while (came < sent) {
      NEED(read(done, &count, 8));
      came += count;
    }
    (*rounds)++;
  }
}

// --- processes of which each event wakes one -------------------------------------------------------------------------

static void run_exclusive(void) {
  int work[2], answer[2];
  NEED(pipe2(work, O_NONBLOCK));
  NEED(pipe(answer));
  for (int i = 0; i < WORKERS; i++) {
    if (NEED(fork()) != 0) continue;
    int ep = (int)NEED(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE | (i % 2 ? EPOLLET : 0)};
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, work[0], &event));
    for (;;) {
      char byte;
      if (epoll_wait(ep, &event, 1, -1) != 1) continue;
      while (read(work[0], &byte, 1) == 1) NEED(write(answer[1], &byte, 1));
    }
  }
  atomic_long *rounds = counter("exclusive", 0);
  for (;;) {
    char byte = 'w';
    NEED(write(work[1], &byte, 1));
    NEED(read(answer[0], &byte, 1));
    (*rounds)++;
  }
}

// --- timers and signals ----------------------------------------------------------------------------------------------

static void run_timers(void) {
  int ep = (int)NEED(epoll_create1(0));
  atomic_long *rounds[3];
  for (uint32_t i = 0; i < 3; i++) {
    int fd = (int)NEED(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    struct itimerspec every = {{0, 1000000 << i}, {0, 1000000}};
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = (uint64_t)fd << 32 | i};
    NEED(timerfd_settime(fd, 0, &every, NULL));
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
    rounds[i] = counter("timer", (int)i);
  }
  for (;;) {
    struct epoll_event event;
    uint64_t ticks;
    if (epoll_wait(ep, &event, 1, -1) != 1) continue;
    if (read((int)(event.data.u64 >> 32), &ticks, 8) == 8) (*rounds[event.data.u32])++;
  }
}

// Two processes send each other a signal in turns; one waits for it in poll, the other in sigwaitinfo.
static void run_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &set, NULL);
  pid_t other = getpid(), child = (pid_t)NEED(fork());
  if (child == 0) {
    int fd = (int)NEED(signalfd(-1, &set, SFD_NONBLOCK));
    for (;;) {
      struct signalfd_siginfo info;
      wait_readable(fd);
      while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) NEED(kill(other, SIGRTMIN));
    }
  }
  atomic_long *rounds = counter("signal", 0);
  for (;;) {
    NEED(kill(child, SIGRTMIN));
    while (sigwaitinfo(&set, NULL) < 0) {
    }
    (*rounds)++;
  }
}

// --- FIFOs that are opened again and again, and sockets that are closed -----------------------------------------------

static void run_fifo(void) {
  char name[] = "/tmp/wakeups.XXXXXX", byte;
  NEED(mkdtemp(name) ? 0 : -1);
  NEED(chdir(name));
  NEED(mkfifo("f", 0600));
  int acknowledged[2];
  NEED(pipe(acknowledged));
  if (NEED(fork()) == 0) {
    for (;;) {
      int fd = (int)NEED(open("f", O_RDONLY));
      while (read(fd, &byte, 1) > 0) {
      }
      close(fd);
      NEED(write(acknowledged[1], "a", 1));
    }
  }
  atomic_long *rounds = counter("fifo", 0);
  for (;;) {
    int fd = (int)NEED(open("f", O_WRONLY));
    NEED(write(fd, "x", 1));
    close(fd);
    NEED(read(acknowledged[0], &byte, 1));
    (*rounds)++;
  }
}

static int to_closer[2], from_closer[2];
static void *__attribute__((noreturn)) closer(void *unused __attribute__((unused))) {
  for (;;) {
    int fd;
    char byte;
    NEED(read(to_closer[0], &fd, sizeof fd));
    struct pollfd f = {fd, POLLIN | POLLRDHUP, 0};
    while (poll(&f, 1, -1) != 1) {
    }
    if (read(fd, &byte, 1) != 0) failed("end of file");
    close(fd);
    NEED(write(from_closer[1], "c", 1));
  }
}
static void run_closing(void) {
  pthread_t thread;
  unsigned seed = 7;
  NEED(pipe(to_closer));
  NEED(pipe(from_closer));
  pthread_create(&thread, NULL, closer, NULL);
  atomic_long *rounds = counter("closing", 0);
  for (;;) {
    int s[2];
    char byte;
    NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    NEED(write(to_closer[1], &s[0], sizeof s[0]));
    for (volatile int i = rand_r(&seed) % 20000; i > 0; i--) {
    }
    close(s[1]);
    NEED(read(from_closer[0], &byte, 1));
    (*rounds)++;
  }
}

static void (*const parts[])(void) = {run_ring,      run_pipes,  run_unix,    run_tcp,  run_pool,
                                      run_exclusive, run_timers, run_signals, run_fifo, run_closing};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// The first who has not got on since `before`; NULL if all have. Members of a pool need not: the poster tells of them.
static const char *stuck(const long *before) {
  for (int i = 0; i < shared->used; i++) {
    struct slot *s = &shared->slots[i];
    if (strncmp(s->name, "one-shot", 8) != 0 && s->rounds == before[i]) return s->name;
  }
  return NULL;
}

int main(int argc, char **argv) {
  double end = now() + (argc > 1 ? atof(argv[1]) : 5);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t group = 0;
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    pid_t child = (pid_t)NEED(fork());
    if (child == 0) {
      setpgid(0, group);
      parts[i]();
      _exit(1);
    }
    setpgid(child, group);
    if (group == 0) group = child;
  }
  usleep(300000);
  const char *late = NULL;
  for (int over = 0; late == NULL && !over;) {
    long before[MOST];
    for (int i = 0; i < MOST; i++) before[i] = shared->slots[i].rounds;
    // The last look begins when the time is over: so whatever went wrong until then is seen.
    over = now() >= end;
    double limit = now() + STALL;
    while ((late = stuck(before)) != NULL && now() < limit && waitpid(-1, NULL, WNOHANG) == 0) usleep(50000);
    if (late == NULL && !over) usleep(500000);
  }
  if (late != NULL) {
    printf("stuck: %s\n", late);
    for (int i = 0; i < shared->used; i++)
      printf("  %s: %ld\n", shared->slots[i].name, (long)shared->slots[i].rounds);
  }
  kill(-group, SIGKILL);
  while (wait(NULL) > 0) {
  }
  long total = 0;
  for (int i = 0; i < shared->used; i++) total += shared->slots[i].rounds;
  if (argc > 2)
    for (int i = 0; i < shared->used; i++)
      printf("%s: %ld\n", shared->slots[i].name, (long)shared->slots[i].rounds);
  if (late == NULL) printf("ok, %s rounds\n", total > 1000 ? "many" : "few");
  return late != NULL;
}
