// What processes talk through and wait on: pipes, sockets, eventfd, poll, epoll, futex.
#include "micro.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

enum { WATCHED = 16 };

static int channel[2];  // read from the first, write to the second
static int back[2];     // the same, for answers

// ---- one process writes and reads ----

static int set_up_pipe(void) {
  return pipe2(channel, O_CLOEXEC);
}

static int set_up_socketpair(void) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel);
}

static int set_up_eventfd(void) {
  channel[0] = channel[1] = eventfd(0, EFD_CLOEXEC);
  return channel[0] < 0 ? -1 : 0;
}

static int through(const void *bytes, size_t size) {
  if (syscall(SYS_write, channel[1], bytes, size) != (long)size) return -1;
  return syscall(SYS_read, channel[0], buffer, size) == (long)size ? 0 : -1;
}

static int op_through_1(void) {
  return through(buffer, 1);
}

static int op_through_4k(void) {
  return through(buffer, PAGE);
}

static int op_eventfd(void) {
  static const uint64_t one = 1;
  return through(&one, sizeof one);
}

// ---- two processes: a byte there and a byte back ----

static void echo(void) {
  char byte;
  close(channel[1]);
  close(back[0]);
  while (read(channel[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1) {
  }
  _exit(0);  // the other side is gone
}

static int set_up_two(void) {
  if (pipe2(channel, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0) return -1;
  pid_t pid = fork();
  if (pid < 0) return -1;
  if (pid == 0) echo();
  return 0;
}

static int op_ping_pong(void) {
  if (syscall(SYS_write, channel[1], buffer, 1) != 1) return -1;
  return syscall(SYS_read, back[0], buffer, 1) == 1 ? 0 : -1;
}

// ---- waiting for one of many ----

static struct pollfd watched[WATCHED];
static int epoll_fd;

// Of all, the last has something to read, and keeps it.
static int set_up_watched(void) {
  for (int i = 0; i < WATCHED; i++) {
    int fd = eventfd(i == WATCHED - 1, EFD_CLOEXEC);
    if (fd < 0) return -1;
    watched[i] = (struct pollfd){fd, POLLIN, 0};
  }
  return 0;
}

static int set_up_epoll(void) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0 || set_up_watched() != 0) return -1;
  for (int i = 0; i < WATCHED; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = i};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, watched[i].fd, &event) != 0) return -1;
  }
  return 0;
}

static int set_up_epoll_empty(void) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  return epoll_fd < 0 ? -1 : set_up_watched();
}

static int op_poll(void) {
  return syscall(SYS_poll, watched, WATCHED, -1) == 1 ? 0 : -1;
}

static int op_epoll_wait(void) {
  struct epoll_event events[WATCHED];
  if (syscall(SYS_epoll_wait, epoll_fd, events, WATCHED, -1) != 1) return -1;
  return events[0].data.fd == WATCHED - 1 ? 0 : unexpected();
}

static int op_epoll_ctl(void) {
  struct epoll_event event = {.events = EPOLLIN};
  if (syscall(SYS_epoll_ctl, epoll_fd, EPOLL_CTL_ADD, watched[0].fd, &event) != 0) return -1;
  return (int)syscall(SYS_epoll_ctl, epoll_fd, EPOLL_CTL_DEL, watched[0].fd, NULL);
}

// ---- futexes ----

static uint32_t word;

static long futex(int operation, uint32_t value) {
  return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

// Nobody is asleep: what an unlock costs that was too careful.
static int op_futex_wake(void) {
  return futex(FUTEX_WAKE, 1) == 0 ? 0 : -1;
}

static void turn(uint32_t mine, uint32_t theirs) {
  while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) != mine) futex(FUTEX_WAIT, theirs);
  __atomic_store_n(&word, theirs, __ATOMIC_RELEASE);
  futex(FUTEX_WAKE, INT_MAX);
}

static void *partner(void *unused) {
  (void)unused;
  for (;;) {
    turn(1, 0);
  }
  return NULL;
}

static int set_up_partner(void) {
  pthread_t thread;
  errno = pthread_create(&thread, NULL, partner, NULL);
  return errno == 0 ? 0 : -1;
}

// Waits for its turn and gives the turn away: in the long run as many wake-ups as operations on each side.
static int op_futex_two(void) {
  turn(0, 1);
  return 0;
}

const struct row channel_rows[] = {
    {"pipe-1", set_up_pipe, op_through_1, NULL},
    {"pipe-4k", set_up_pipe, op_through_4k, NULL},
    {"pipe-two", set_up_two, op_ping_pong, NULL},
    {"socketpair-1", set_up_socketpair, op_through_1, NULL},
    {"eventfd", set_up_eventfd, op_eventfd, NULL},
    {"poll", set_up_watched, op_poll, NULL},
    {"epoll-wait", set_up_epoll, op_epoll_wait, NULL},
    {"epoll-ctl", set_up_epoll_empty, op_epoll_ctl, NULL},
    {"futex-wake", NULL, op_futex_wake, NULL},
    {"futex-two", set_up_partner, op_futex_two, NULL},
    {NULL, NULL, NULL, NULL},
};
