// IOCB_CMD_POLL: it ends when something is ready.
#include "aio.h"

static aio_context_t c;
static struct timespec now = {0, 0}, long_time = {10, 0};

static void fetch(const char *label) {
  struct io_event e;
  long n = io_getevents(c, 0, 1, &e, &now);
  if (n == 1)
    say("%s: %#llx", label, (long long)e.res);
  else
    say("%s: nothing", label);
}

int main(void) {
  int p[2];
  NEED(io_setup(8, &c));
  NEED(pipe(p));
  struct iocb r = request_of(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 0, 0), *list[] = {&r};
  CHECK("io_submit(IOCB_CMD_POLL)", "ready at once");
  R(io_submit(c, 1, list));
  fetch("writable");
  CHECK("io_submit(IOCB_CMD_POLL)", "ready later");
  r = request_of(IOCB_CMD_POLL, p[0], (void *)POLLIN, 0, 0);
  R(io_submit(c, 1, list));
  fetch("before");
  NEED(write(p[1], "x", 1));
  struct io_event e;
  R(io_getevents(c, 1, 1, &e, &long_time));
  T((e.res & POLLIN) != 0);
  fetch("once only");
  CHECK("io_submit(IOCB_CMD_POLL) io_getevents", "another process makes it ready");
  char byte;
  NEED(read(p[0], &byte, 1));
  R(io_submit(c, 1, list));
  pid_t child = CHILD({
    sleep_ms(20);
    NEED(write(p[1], "x", 1));
  });
  R(io_getevents(c, 1, 1, &e, &long_time));
  T(e.obj == (uintptr_t)&r && e.data == 42);
  reap("writer", child);
  CHECK("io_submit(IOCB_CMD_POLL)", "the other end goes away");
  NEED(read(p[0], &byte, 1));
  R(io_submit(c, 1, list));
  close(p[1]);
  R(io_getevents(c, 1, 1, &e, &long_time));
  T((e.res & POLLHUP) != 0);
  CHECK("io_cancel io_submit(IOCB_CMD_POLL)", "taken back");
  int q[2];
  NEED(pipe(q));
  r = request_of(IOCB_CMD_POLL, q[0], (void *)POLLIN, 0, 0);
  R(io_submit(c, 1, list));
  R(io_cancel(c, &r, &e));
  R(io_getevents(c, 1, 1, &e, &long_time));
  say("%lld", (long long)e.res);
  R(io_cancel(c, &r, &e));
  CHECK("io_submit(IOCB_CMD_POLL)", "fields that mean nothing");
  r.aio_offset = 1;
  R(io_submit(c, 1, list));
  r = request_of(IOCB_CMD_POLL, q[0], (void *)0x10000, 0, 0);
  R(io_submit(c, 1, list));
  CHECK("io_submit(IOCB_CMD_POLL)", "a file is always ready");
  int fd = NEED(open("file", O_RDWR | O_CREAT, 0600));
  r = request_of(IOCB_CMD_POLL, fd, (void *)POLLIN, 0, 0);
  long n = io_submit(c, 1, list);
  say("%s", n == 1 ? "submitted" : errno_name(errno));
  return 0;
}
