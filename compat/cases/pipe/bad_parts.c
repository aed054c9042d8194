// Buffers that end at a bad address, on pipes and unix sockets that have been busy: what is not moved whole stays where it was.
#include "../case.h"

static char *edge;
static char buf[65536];

static void busy(const int ends[2]) {
  for (int i = 0; i < 300; i++) {
    NEED(write(ends[1], "x", 1));
    NEED(read(ends[0], buf, 1));
  }
}

static void waiting(const int ends[2]) {
  int n = 0;
  NEED(ioctl(ends[0], FIONREAD, &n));
  say("waiting: %d", n);
  if (n > 0) R(read(ends[0], buf, sizeof buf));
}

static void reads(const int ends[2]) {
  struct iovec parts[2] = {{buf, 3}, {(void *)8, 5}};
  busy(ends);
  NEED(write(ends[1], "hello world", 11));
  R(readv(ends[0], parts, 2));
  waiting(ends);
}

static void writes(const int ends[2]) {
  busy(ends);
  R(write(ends[1], edge + 3996, 200));
  waiting(ends);
}

int main(void) {
  int pipes[2], sockets[2];
  edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(edge + 4096, 4096);
  NEED(pipe(pipes));
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
  CHECK("readv", "the second part of a pipe's is bad");
  reads(pipes);
  CHECK("readv", "the second part of a socket's is bad");
  reads(sockets);
  CHECK("write", "a page of a pipe that does not come whole");
  writes(pipes);
  CHECK("write", "the second of two pages of a pipe is bad");
  busy(pipes);
  R(write(pipes[1], edge, 8192));
  waiting(pipes);
  CHECK("write", "a message that does not come whole");
  writes(sockets);
}
