// Submissions that are refused, in part or as a whole.
#include "aio.h"

int main(void) {
  aio_context_t c = 0;
  char buffer[16];
  NEED(io_setup(16, &c));
  int fd = NEED(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
  NEED(write(fd, "0123456789", 10));
  struct iocb r[3], *list[3] = {&r[0], &r[1], &r[2]};
  struct io_event e[8];
  struct timespec now = {0, 0};
  for (int i = 0; i < 3; i++) r[i] = request_of(IOCB_CMD_PREAD, fd, buffer, 2, i);
  CHECK("io_submit", "none, and fewer than none");
  R(io_submit(c, 0, list));
  R(io_submit(c, -1, list));
  CHECK("io_submit", "the second of three");
  r[1].aio_fildes = 99;
  R(io_submit(c, 3, list));
  R(io_getevents(c, 0, 8, e, &now));
  CHECK("io_submit", "the first of three");
  r[0].aio_fildes = 99;
  R(io_submit(c, 3, list));
  R(io_getevents(c, 0, 8, e, &now));
  CHECK("io_submit", "operations that there are not");
  static const int operations[] = {4, 6, 9, 100, 0xffff};
  for (int i = 0; i < 5; i++) {
    r[0] = request_of(operations[i], fd, buffer, 2, 0);
    R(io_submit(c, 1, list));
  }
  CHECK("io_submit", "fields that are kept for later");
  r[0] = request_of(IOCB_CMD_PREAD, fd, buffer, 2, 0);
  r[0].aio_reserved2 = 1;
  R(io_submit(c, 1, list));
  CHECK("io_submit", "lengths that there cannot be");
  r[0] = request_of(IOCB_CMD_PREAD, fd, buffer, -1, 0);
  R(io_submit(c, 1, list));
  CHECK("io_submit", "memory that is not there");
  R(io_submit(c, 1, NULL));
  R(io_submit(c, 1, (void *)8));
  list[0] = (void *)8;
  R(io_submit(c, 1, list));
  list[0] = &r[0];
  r[0] = request_of(IOCB_CMD_PREAD, fd, (void *)8, 2, 0);
  R(run_one(c, &r[0]));
  r[0] = request_of(IOCB_CMD_PWRITE, fd, (void *)8, 2, 0);
  R(run_one(c, &r[0]));
  CHECK("io_submit", "flags of the transfer");
  r[0] = request_of(IOCB_CMD_PREAD, fd, buffer, 2, 0);
  r[0].aio_rw_flags = 0x40000000;
  R(run_one(c, &r[0]));
  r[0].aio_rw_flags = RWF_NOWAIT;
  T(run_one(c, &r[0]) == 2 || errno == EAGAIN || errno == EOPNOTSUPP);
  r[0] = request_of(IOCB_CMD_PWRITE, fd, "xy", 2, 0);
  r[0].aio_rw_flags = RWF_APPEND;
  R(run_one(c, &r[0]));
  T(lseek(fd, 0, SEEK_END) == 12);
  r[0].aio_rw_flags = RWF_DSYNC | RWF_SYNC;
  R(run_one(c, &r[0]));
  return 0;
}
