/*
 * Malformed netlink and ancillary data for a while: netlink SECONDS SEED USER. Prints "alive, waited N ms": how long another process
 * waited at most for a few calls. netlink flood: messages to two thousand sockets that nobody reads; prints how many MiB were taken.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;
static uint32_t random32(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state >> 16;
}
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static const int protocols[] = {NETLINK_ROUTE, NETLINK_USERSOCK, NETLINK_SOCK_DIAG, NETLINK_KOBJECT_UEVENT};
static const uint16_t lengths[] = {0, 1, 3, 4, 5, 8, 12, 16, 20, 24, 56, 72, 0x7fff, 0xffff};

/* A number that is often one that matters. */
static uint32_t odd(void) {
  static const uint32_t few[] = {0,  1,   2,   4,   7,   8,    10,         16,         26,        32,
                                 64, 127, 128, 255, 256, 1000, 0x7fffffff, 0x80000000, 0xffffffff};
  return random32() % 4 ? few[random32() % (sizeof few / sizeof *few)] : random32();
}

/* One message in `p`, of up to `room` bytes: mostly a plausible one in which some bytes are wrong. */
static unsigned make(unsigned char *p, unsigned room) {
  struct nlmsghdr *h = (void *)p;
  unsigned length = NLMSG_HDRLEN + lengths[random32() % 12];
  if (length > room) length = room & ~3u;
  memset(p, 0, length);
  h->nlmsg_type = random32() % 8 ? 16 + random32() % 110 : odd();
  h->nlmsg_flags = random32() % 4 ? (random32() % 2 ? 0x301 : 5) : odd();
  h->nlmsg_seq = random32();
  for (unsigned i = NLMSG_HDRLEN; i < length; i++)
    if (random32() % 3 == 0) p[i] = odd();
  if (length > NLMSG_HDRLEN) p[NLMSG_HDRLEN] = random32() % 3 ? (random32() % 2 ? AF_INET : AF_INET6) : odd();
  if (length > NLMSG_HDRLEN + 1 && random32() % 2) p[NLMSG_HDRLEN + 1] = random32() % 2 ? 6 : 17;
  while (random32() % 3 && length + 40 < room) {
    uint16_t size = random32() % 4 ? 4 + random32() % 36 : lengths[random32() % 14];
    uint16_t type = random32() % 4 ? random32() % 70 : odd();
    memcpy(p + length, &size, 2);
    memcpy(p + length + 2, &type, 2);
    for (unsigned i = 4; i < 40; i++) p[length + i] = odd();
    length += ((size < 4 ? 4 : size > 40 ? 40 : size) + 3) & ~3u;
  }
  h->nlmsg_len = random32() % 8 ? length : odd();
  return length;
}

static void one(int fd) {
  static unsigned char message[70000];
  unsigned length = 0, count = 1 + random32() % 4;
  for (unsigned i = 0; i < count && length + 600 < sizeof message; i++)
    length += make(message + length, random32() % 50 ? 600 : 60000 - length);
  unsigned char control[256];
  for (unsigned i = 0; i < sizeof control; i++) control[i] = odd();
  if (random32() % 2) {
    struct cmsghdr *c = (void *)control;
    c->cmsg_len = random32() % 2 ? 16 + random32() % 40 : odd();
    c->cmsg_level = random32() % 2 ? SOL_SOCKET : SOL_NETLINK;
    c->cmsg_type = random32() % 4;
  }
  struct sockaddr_nl to = {.nl_family = random32() % 8 ? AF_NETLINK : odd(),
                           .nl_pid = random32() % 2 ? 0 : odd(),
                           .nl_groups = random32() % 4 ? 0 : odd()};
  struct iovec part = {message, random32() % 8 ? length : odd() % sizeof message};
  struct msghdr m = {&to,     random32() % 2 ? 0 : random32() % 16,  &part, 1,
                     control, random32() % 4 ? 0 : random32() % 256, 0};
  sendmsg(fd, &m, MSG_DONTWAIT);
  if (random32() % 16 == 0) {
    uint32_t value = odd();
    setsockopt(fd, random32() % 8 ? SOL_NETLINK : odd(), odd(), &value, random32() % 8);
    socklen_t size = odd();
    char out[64];
    if (size <= sizeof out) getsockopt(fd, SOL_NETLINK, odd(), out, &size);
  }
  for (int i = 0; i < 3 && random32() % 4; i++) {
    struct iovec space = {message, random32() % 4 ? sizeof message : odd() % 100};
    struct msghdr got = {&to, sizeof to, &space, 1, control, random32() % 256, 0};
    recvmsg(fd, &got, MSG_DONTWAIT | (random32() % 4 ? 0 : MSG_PEEK | MSG_TRUNC));
  }
}

static void fuzz(double end) {
  int fds[8];
  for (int i = 0; i < 8; i++) fds[i] = socket(AF_NETLINK, SOCK_RAW, protocols[i % 4]);
  while (now() < end) {
    int n = random32() % 8;
    one(fds[n]);
    if (random32() % 256 == 0) {
      close(fds[n]);
      fds[n] = socket(AF_NETLINK, SOCK_RAW, protocols[random32() % 4]);
      struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_pid = odd(), .nl_groups = odd()};
      bind(fds[n], (void *)&a, sizeof a);
    }
  }
}

static void flood(void) {
  static char big[100000];
  long taken = 0;
  struct rlimit many = {4096, 4096};
  setrlimit(RLIMIT_NOFILE, &many);
  int sender = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
  for (int i = 0; i < 2000; i++) {
    struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_pid = 100000 + i};
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
    if (fd < 0 || bind(fd, (void *)&a, sizeof a)) break;
    while (sendto(sender, big, sizeof big, MSG_DONTWAIT, (void *)&a, sizeof a) > 0) taken += sizeof big;
  }
  printf("%ld\n", taken >> 20);
}

int main(int argc, char **argv) {
  if (argc == 2) {
    flood();
    return 0;
  }
  if (argc < 4 || setuid(atoi(argv[3]))) return 2;
  double end = now() + atof(argv[1]);
  pid_t child = fork();
  if (child == 0) {
    state = strtoull(argv[2], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
    fuzz(end);
    _exit(0);
  }
  double worst = 0;
  int status;
  while (waitpid(child, &status, WNOHANG) == 0) {
    double began = now();
    char path[] = "/proc/net/dev", byte[4096];
    FILE *f = fopen(path, "r");
    if (f) {
      size_t got = fread(byte, 1, sizeof byte, f);
      (void)got;
      fclose(f);
    }
    if (now() - began > worst) worst = now() - began;
    usleep(20000);
  }
  if (!WIFEXITED(status)) return 3;
  printf("alive, waited %d ms\n", (int)(worst * 1000));
  return 0;
}
