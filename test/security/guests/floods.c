// Piles up one kind of object in a child, while its parent looks how long the sentry lets it wait. Argument: what.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void manyMappings(int count) {
  char *p = mmap(NULL, count * 8192L, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < count; i++) mprotect(p + i * 8192L, 4096, PROT_NONE);
}

// Key rings within key rings, all of which go with the first.
static void keys(void) {
  syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0L);
  long outer = KEY_SPEC_SESSION_KEYRING;
  for (int i = 0; i < 12000; i++) {
    char name[32];
    snprintf(name, sizeof name, "ring %d", i);
    long ring = syscall(SYS_add_key, "keyring", name, NULL, 0, KEY_SPEC_SESSION_KEYRING);
    syscall(SYS_keyctl, KEYCTL_SETPERM, ring, 0x3f3f0000);
    if (i > 0) {
      if (syscall(SYS_keyctl, KEYCTL_LINK, ring, outer) < 0) printf("no link\n");
      syscall(SYS_keyctl, KEYCTL_UNLINK, ring, KEY_SPEC_SESSION_KEYRING);
    }
    outer = ring;
  }
}

static int array;

static void *longWait(void *unused) {
  struct sembuf ops[500];
  for (int i = 0; i < 500; i++) ops[i] = (struct sembuf){1, i % 2 ? 1 : -1, 0};
  ops[499] = (struct sembuf){0, -30000, 0};
  semop(array, ops, 500);
  return unused;
}

static void *shortWait(void *unused) {
  struct sembuf ops[] = {{0, -1, 0}, {1, -1, 0}, {1, 1, 0}};
  semop(array, ops, 3);
  return unused;
}

// Every one of those who can go on makes the kernel look at all the others.
static void semaphores(void) {
  const int count = 600;
  array = semget(IPC_PRIVATE, 2, 0600);
  semctl(array, 1, SETVAL, 10);
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setstacksize(&attr, 65536);
  pthread_t thread;
  int made = 0;
  for (int i = 0; i < count; i++) made += pthread_create(&thread, &attr, longWait, NULL) == 0;
  for (int i = 0; i < count; i++) made += pthread_create(&thread, &attr, shortWait, NULL) == 0;
  while (semctl(array, 0, GETNCNT) < made) usleep(50000);
  semctl(array, 0, SETVAL, 20000);
  semctl(array, 0, IPC_RMID);
}

// Removed segments that are still mapped, in a process with many mappings.
static void segments(void) {
  enum { kCount = 400 };
  int ids[kCount];
  for (int i = 0; i < kCount; i++) {
    ids[i] = shmget(IPC_PRIVATE, 4096, 0600);
    if (shmat(ids[i], NULL, 0) == (void *)-1) printf("no segment\n");
  }
  manyMappings(5000);
  for (int i = 0; i < kCount; i++) shmctl(ids[i], IPC_RMID, NULL);
  for (int i = 0; i < 5; i++) {
    shmctl(shmget(IPC_PRIVATE, 4096, 0600), IPC_RMID, NULL);
    if (fork() == 0) _exit(0);
    wait(NULL);
  }
}

// Small contexts have room for more than they ask for.
static void requests(void) {
  int ends[2];
  if (pipe(ends) < 0) return;
  struct iocb request = {.aio_lio_opcode = IOCB_CMD_POLL, .aio_fildes = ends[0], .aio_buf = 1};
  struct iocb *list[100];
  for (int i = 0; i < 100; i++) list[i] = &request;
  for (int i = 0; i < 6000; i++) {
    aio_context_t context = 0;
    if (syscall(SYS_io_setup, 1, &context) < 0 || syscall(SYS_io_submit, context, 100L, list) < 0) {
      printf("refused\n");
      return;
    }
  }
}

static void mounts(void) {
  char name[201];
  memset(name, 'x', 200);
  name[200] = 0;
  if (mkdir("/flood", 0755) < 0 || chdir("/flood") < 0) return;
  for (int i = 0; i < 3000; i++)
    if (mkdir(name, 0755) < 0 || mount("none", name, "tmpfs", 0, NULL) < 0 || chdir(name) < 0) return;
  for (int i = 0; i < 2; i++) {
    int fd = open(i == 0 ? "/proc/self/mounts" : "/proc/self/mountinfo", O_RDONLY);
    static char text[1 << 20];
    while (read(fd, text, sizeof text) > 0) {
    }
  }
  printf("deep\n");
}

// A process with more mappings than anybody wants to look through dies.
static void core(void) {
  struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_CORE, &all);
  if (chdir("/tmp") == 0) manyMappings(30000);
  abort();
}

static int watch(int ep, int fd) {
  struct epoll_event event = {.events = EPOLLIN};
  return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
}

static void moreFiles(void) {
  struct rlimit many = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &many);
}

// Five levels of epoll descriptors, each of which watches all of the next: two and a half million ways to what lies below.
static void epollTree(void) {
  enum { LEVELS = 5, WIDTH = 40 };
  static int tree[LEVELS][WIDTH];
  moreFiles();
  for (int level = 0; level < LEVELS; level++)
    for (int i = 0; i < WIDTH; i++) tree[level][i] = epoll_create1(0);
  int links = 0;
  for (int level = 0; level + 1 < LEVELS; level++)
    for (int i = 0; i < WIDTH; i++)
      for (int k = 0; k < WIDTH; k++) links += watch(tree[level][i], tree[level + 1][k]) == 0;
  int fd = eventfd(0, EFD_NONBLOCK);
  int added = watch(tree[LEVELS - 1][0], fd);
  printf("%d links, %s\n", links, added < 0 ? strerrorname_np(errno) : "added");
  // Asked whether anything is ready, each of them asks all below it.
  struct pollfd top = {tree[0][0], POLLIN, 0};
  for (int i = 0; i < 1000; i++) poll(&top, 1, 0);
}

// Twenty thousand epoll descriptors that watch one counter, which five hundred others watch through one more.
static void epollWide(void) {
  moreFiles();
  int fd = eventfd(0, EFD_NONBLOCK), low = epoll_create1(0), count = 0, ways = 0;
  for (int i = 0; i < 20000; i++) count += watch(epoll_create1(0), fd) == 0;
  for (int i = 0; i < 10000; i++) watch(low, eventfd(0, EFD_NONBLOCK));
  for (int i = 0; i < 600; i++) ways += watch(epoll_create1(0), low) == 0;
  uint64_t one = 1;
  for (int i = 0; i < 200; i++)
    if (write(fd, &one, 8) != 8) printf("not written\n");
  printf("%d and %d\n", count, ways);
}

static const struct {
  const char *name;
  void (*run)(void);
} kFloods[] = {{"keys", keys},
               {"semaphores", semaphores},
               {"segments", segments},
               {"requests", requests},
               {"mounts", mounts},
               {"core", core},
               {"epoll-tree", epollTree},
               {"epoll-wide", epollWide}};

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  pid_t child = fork();
  if (child == 0) {
    for (size_t i = 0; i < sizeof kFloods / sizeof *kFloods; i++)
      if (argc > 1 && strcmp(kFloods[i].name, argv[1]) == 0) kFloods[i].run();
    _exit(0);
  }
  double longest = 0;
  for (int again = 1; again;) {
    again = waitpid(child, NULL, WNOHANG) == 0;
    double start = now();
    for (int i = 0; i < 3; i++) {
      getppid();
      usleep(1000);
    }
    if (now() - start > longest) longest = now() - start;
  }
  printf("alive, waited %.0f ms\n", longest);
  return 0;
}
