// covers: sendfile
// Which kinds of files sendfile(2) reads and writes.
#include "case.h"

#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/timerfd.h>

static void from(const char *label, int fd) {
  int out = NEED(open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600));
  long n = sendfile(out, fd, NULL, 8);
  say(n < 0 ? "from %s: %s" : "from %s: %ld", label, n < 0 ? (long)errno_name(errno) : n);
  close(out);
}
static void into(const char *label, int fd) {
  int in = NEED(open("f", O_RDONLY));
  long n = sendfile(fd, in, NULL, 8);
  say(n < 0 ? "into %s: %s, position %ld" : "into %s: %ld, position %ld", label,
      n < 0 ? (long)errno_name(errno) : n, (long)lseek(in, 0, SEEK_CUR));
  close(in);
}

int main(void) {
  int p[2], s[2];
  put("f", "\1\0\0\0\0\0\0\0 and more");
  NEED(pipe2(p, O_NONBLOCK));
  NEED(write(p[1], "in the pipe", 11));
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  NEED(write(s[0], "in the socket", 13));
  CHECK("sendfile", "from which files");
  from("a file", NEED(open("f", O_RDONLY)));
  from("a file for writing", NEED(open("f", O_WRONLY)));
  from("a pipe", p[0]);
  from("a socket", s[1]);
  from("/dev/null", NEED(open("/dev/null", O_RDONLY)));
  from("/dev/zero", NEED(open("/dev/zero", O_RDONLY)));
  from("a directory", NEED(open(".", O_RDONLY)));
  from("an eventfd", NEED(eventfd(3, 0)));
  from("/proc/version", NEED(open("/proc/version", O_RDONLY)));
  int memory = NEED(memfd_create("m", 0));
  NEED(pwrite(memory, "memory", 6, 0));
  from("a memfd", memory);
  CHECK("sendfile", "into which files");
  into("a file", NEED(open("o", O_WRONLY | O_CREAT, 0600)));
  into("a file for appending", NEED(open("o", O_WRONLY | O_APPEND)));
  into("a file for reading", NEED(open("o", O_RDONLY)));
  into("a socket", s[0]);
  into("/dev/null", NEED(open("/dev/null", O_WRONLY)));
  into("/dev/zero", NEED(open("/dev/zero", O_WRONLY)));
  into("/dev/full", NEED(open("/dev/full", O_WRONLY)));
  into("an eventfd", NEED(eventfd(3, 0)));
  into("a timerfd", NEED(timerfd_create(CLOCK_MONOTONIC, 0)));
  into("a memfd", memory);
  NEED(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s));
  into("a datagram socket", s[0]);
  char text[32];
  R(recv(s[1], text, 32, 0));
  CHECK("sendfile", "arguments");
  off_t at = -1;
  int in = NEED(open("f", O_RDONLY));
  R(sendfile(p[1], in, &at, 4));
  at = 0;
  R(sendfile(p[1], in, &at, -1));
  R(sendfile(p[1], in, &at, 0));
  R(sendfile(p[1], p[0], &at, 4));
  R(sendfile(p[0], in, &at, 4));
  R(sendfile(-1, in, &at, 4));
  R(sendfile(p[1], -1, &at, 4));
  R(sendfile(p[1], in, (off_t *)8, 4));
  CHECK("sendfile", "within one file");
  int both = NEED(open("f", O_RDWR));
  at = 0;
  R(sendfile(both, both, &at, 4));
  R(lseek(both, 0, SEEK_CUR));
  return 0;
}
