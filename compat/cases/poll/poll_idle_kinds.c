// covers: poll
// What poll(2) says of each kind of descriptor when nothing has happened.
#include "case.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static void state(const char *label, int fd) {
  struct pollfd f = {fd, 0x7fff, 0};
  NEED(fd);
  int count = poll(&f, 1, 0);
  say("%s: %d, %#x", label, count, f.revents);
}

int main(void) {
  int p[2], s[2];
  sigset_t set;
  sigemptyset(&set);
  put("f", "text");
  CHECK("poll", "files and directories");
  state("a file", open("f", O_RDONLY));
  state("a file for writing", open("f", O_WRONLY));
  state("a directory", open(".", O_RDONLY));
  state("a path", open("f", O_PATH));
  state("a memfd", memfd_create("m", 0));
  state("/proc/version", open("/proc/version", O_RDONLY));
  CHECK("poll", "devices");
  state("/dev/null", open("/dev/null", O_RDWR));
  state("/dev/zero", open("/dev/zero", O_RDONLY));
  state("/dev/full", open("/dev/full", O_WRONLY));
  state("/dev/urandom", open("/dev/urandom", O_RDONLY));
  CHECK("poll", "pipes");
  NEED(pipe(p));
  state("read end", p[0]);
  state("write end", p[1]);
  CHECK("poll", "event descriptors");
  state("eventfd of 0", eventfd(0, 0));
  state("eventfd of 1", eventfd(1, 0));
  state("timerfd", timerfd_create(CLOCK_MONOTONIC, 0));
  state("signalfd", signalfd(-1, &set, 0));
  state("inotify", inotify_init1(0));
  state("epoll", epoll_create1(0));
  state("pidfd", syscall(SYS_pidfd_open, getpid(), 0));
  CHECK("poll", "unix sockets");
  state("stream", socket(AF_UNIX, SOCK_STREAM, 0));
  state("datagram", socket(AF_UNIX, SOCK_DGRAM, 0));
  state("seqpacket", socket(AF_UNIX, SOCK_SEQPACKET, 0));
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  state("stream pair", s[0]);
  NEED(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
  state("datagram pair", s[0]);
  CHECK("poll", "inet sockets");
  state("TCP", socket(AF_INET, SOCK_STREAM, 0));
  state("UDP", socket(AF_INET, SOCK_DGRAM, 0));
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  NEED(listen(listener, 1));
  state("listening", listener);
  CHECK("poll", "terminals");
  int master = NEED(posix_openpt(O_RDWR | O_NOCTTY));
  NEED(grantpt(master));
  NEED(unlockpt(master));
  state("a master without slave", master);
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  state("a slave", slave);
  state("its master", master);
  return 0;
}
