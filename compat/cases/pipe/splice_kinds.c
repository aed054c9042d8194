// covers: splice
// Which kinds of files splice(2) reads and writes.
#include "case.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static void from(const char *label, int fd) {
  int p[2];
  NEED(pipe2(p, O_NONBLOCK));
  long n = splice(fd, NULL, p[1], NULL, 8, SPLICE_F_NONBLOCK);
  say(n < 0 ? "from %s: %s" : "from %s: ok", label, errno_name(errno));
  close(p[0]);
  close(p[1]);
}
static void into(const char *label, int fd) {
  int p[2];
  NEED(pipe2(p, O_NONBLOCK));
  NEED(write(p[1], "\1\0\0\0\0\0\0\0", 8));
  long n = splice(p[0], NULL, fd, NULL, 8, SPLICE_F_NONBLOCK);
  say(n < 0 ? "into %s: %s" : "into %s: %ld", label, n < 0 ? (long)errno_name(errno) : n);
  close(p[0]);
  close(p[1]);
}

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  int s[2];
  put("f", "some text");
  put("empty", "");
  CHECK("splice", "files");
  from("a file", NEED(open("f", O_RDONLY)));
  from("an empty file", NEED(open("empty", O_RDONLY)));
  into("a file", NEED(open("out", O_WRONLY | O_CREAT, 0600)));
  into("a file for appending", NEED(open("out", O_WRONLY | O_APPEND)));
  from("a file for writing", NEED(open("out", O_WRONLY)));
  into("a file for reading", NEED(open("out", O_RDONLY)));
  from("a directory", NEED(open(".", O_RDONLY)));
  from("a path", NEED(open("f", O_PATH)));
  int memory = NEED(memfd_create("m", 0));
  into("a memfd", memory);
  NEED(lseek(memory, 0, SEEK_SET));
  from("a memfd", memory);
  CHECK("splice", "devices");
  from("/dev/null", NEED(open("/dev/null", O_RDWR)));
  into("/dev/null", NEED(open("/dev/null", O_RDWR)));
  from("/dev/zero", NEED(open("/dev/zero", O_RDWR)));
  into("/dev/zero", NEED(open("/dev/zero", O_RDWR)));
  from("/dev/full", NEED(open("/dev/full", O_RDWR)));
  into("/dev/full", NEED(open("/dev/full", O_RDWR)));
  from("/dev/urandom", NEED(open("/dev/urandom", O_RDONLY)));
  CHECK("splice", "event descriptors");
  from("an eventfd", NEED(eventfd(5, EFD_NONBLOCK)));
  into("an eventfd", NEED(eventfd(5, EFD_NONBLOCK)));
  from("a timerfd", NEED(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)));
  into("a timerfd", NEED(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)));
  from("a signalfd", NEED(signalfd(-1, &set, SFD_NONBLOCK)));
  from("inotify", NEED(inotify_init1(IN_NONBLOCK)));
  from("an epoll", NEED(epoll_create1(0)));
  into("an epoll", NEED(epoll_create1(0)));
  int pidfd = NEED(syscall(SYS_pidfd_open, getpid(), 0));
  from("a pidfd", pidfd);
  into("a pidfd", pidfd);
  CHECK("splice", "sockets");
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  from("a stream without data", s[0]);
  into("a stream", s[0]);
  from("a stream", s[1]);
  NEED(shutdown(s[0], SHUT_WR));
  from("a stream at its end", s[1]);
  NEED(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s));
  into("a datagram socket", s[0]);
  from("a datagram socket", s[1]);
  NEED(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, s));
  into("a seqpacket socket", s[0]);
  from("a seqpacket socket", s[1]);
  CHECK("splice", "terminals");
  int master = NEED(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK));
  NEED(grantpt(master));
  NEED(unlockpt(master));
  int slave = NEED(open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK));
  into("a terminal", slave);
  from("its master", master);
  from("a terminal without input", slave);
  CHECK("splice", "files of the kernel");
  from("/proc/version", NEED(open("/proc/version", O_RDONLY)));
  from("/proc/meminfo", NEED(open("/proc/meminfo", O_RDONLY)));
  return 0;
}
