// IOCB_FLAG_RESFD: an eventfd(2) counts what has ended.
#include "aio.h"

int main(void) {
  aio_context_t c = 0;
  char buffer[16];
  NEED(io_setup(16, &c));
  int fd = NEED(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600)), counter = NEED(eventfd(0, EFD_NONBLOCK));
  NEED(write(fd, "0123456789", 10));
  struct iocb r[5], *list[5];
  for (int i = 0; i < 5; i++) {
    r[i] = request_of(IOCB_CMD_PREAD, fd, buffer, 2, i);
    r[i].aio_flags = IOCB_FLAG_RESFD;
    r[i].aio_resfd = counter;
    list[i] = &r[i];
  }
  CHECK("io_submit(IOCB_FLAG_RESFD)", "five requests");
  R(io_submit(c, 5, list));
  struct pollfd p = {.fd = counter, .events = POLLIN};
  R(poll(&p, 1, 10000));
  struct io_event e[8];
  R(io_getevents(c, 5, 8, e, NULL));
  unsigned long long count = 0;
  R(read(counter, &count, sizeof count));
  say("%llu", count);
  CHECK("io_submit(IOCB_FLAG_RESFD)", "a poll that ends later");
  int q[2];
  NEED(pipe(q));
  r[0] = request_of(IOCB_CMD_POLL, q[0], (void *)POLLIN, 0, 0);
  r[0].aio_flags = IOCB_FLAG_RESFD;
  r[0].aio_resfd = counter;
  R(io_submit(c, 1, list));
  R(read(counter, &count, sizeof count));
  NEED(write(q[1], "x", 1));
  R(poll(&p, 1, 10000));
  R(io_getevents(c, 1, 8, e, NULL));
  R(read(counter, &count, sizeof count));
  say("%llu", count);
  CHECK("io_submit(IOCB_FLAG_RESFD)", "what is no eventfd");
  r[0] = request_of(IOCB_CMD_PREAD, fd, buffer, 2, 0);
  r[0].aio_flags = IOCB_FLAG_RESFD;
  r[0].aio_resfd = fd;
  R(io_submit(c, 1, list));
  r[0].aio_resfd = 99;
  R(io_submit(c, 1, list));
  CHECK("io_submit(IOCB_FLAG_RESFD)", "a submission that fails is not counted");
  r[0].aio_resfd = counter;
  r[0].aio_fildes = 99;
  R(io_submit(c, 1, list));
  R(read(counter, &count, sizeof count));
  CHECK("io_submit", "unknown flags");
  r[0].aio_fildes = fd;
  r[0].aio_flags = 0x80;
  R(io_submit(c, 1, list));
  return 0;
}
