// covers: write writev poll
// Non-blocking writes of more than PIPE_BUF are cut; those of at most PIPE_BUF are whole or EAGAIN.
#include "case.h"

static char data[200000];
static int p[2];

static void state(const char *label) {
  struct pollfd f = {p[1], POLLOUT, 0};
  int inside;
  NEED(poll(&f, 1, 0));
  NEED(ioctl(p[0], FIONREAD, &inside));
  say("%s: revents %#x, %d bytes inside", label, f.revents, inside);
}

int main(void) {
  NEED(pipe2(p, O_NONBLOCK));
  CHECK("write", "more than the pipe holds");
  R(write(p[1], data, sizeof data));
  state("full");
  R(write(p[1], data, sizeof data));
  R(write(p[1], data, 1));
  R(write(p[1], data, 0));
  CHECK("write", "a page is free");
  NEED(read(p[0], data, 4096));
  state("a page read");
  R(write(p[1], data, 5000));
  state("again");
  CHECK("write", "part of a page is free at the end");
  NEED(read(p[0], data, 8192));
  R(write(p[1], data, 100));
  state("100");
  R(write(p[1], data, 4096));
  state("and a page");
  R(write(p[1], data, 4096));
  R(write(p[1], data, 4097));
  CHECK("write", "bytes more than pages go behind the last bytes, even if the pages do not fit");
  while (read(p[0], data, sizeof data) > 0) {
  }
  NEED(write(p[1], data, 61440));
  NEED(write(p[1], data, 1000));
  R(write(p[1], data, 8192 + 3096));
  state("no page was left");
  CHECK("writev", "a vector is one write");
  while (read(p[0], data, sizeof data) > 0) {
  }
  NEED(write(p[1], data, 61440));
  struct iovec parts[3] = {{data, 3000}, {data, 3000}, {data, 3000}};
  R(writev(p[1], parts, 3));
  state("cut in the second part");
  return 0;
}
