// IOCB_CMD_FSYNC and IOCB_CMD_FDSYNC.
#include "aio.h"

int main(void) {
  aio_context_t c = 0;
  NEED(io_setup(8, &c));
  int fd = NEED(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600)), p[2];
  NEED(pipe(p));
  NEED(write(fd, "x", 1));
  CHECK("io_submit(IOCB_CMD_FSYNC)", "a file");
  struct iocb r = request_of(IOCB_CMD_FSYNC, fd, NULL, 0, 0);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_FDSYNC)", "its bytes");
  r = request_of(IOCB_CMD_FDSYNC, fd, NULL, 0, 0);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_FSYNC)", "what cannot be written out");
  r = request_of(IOCB_CMD_FSYNC, p[0], NULL, 0, 0);
  R(run_one(c, &r));
  r = request_of(IOCB_CMD_FSYNC, 99, NULL, 0, 0);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_FSYNC)", "fields that mean nothing");
  r = request_of(IOCB_CMD_FSYNC, fd, "x", 0, 0);
  R(run_one(c, &r));
  r = request_of(IOCB_CMD_FSYNC, fd, NULL, 1, 0);
  R(run_one(c, &r));
  r = request_of(IOCB_CMD_FDSYNC, fd, NULL, 0, 1);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_FSYNC)", "one that may only be read");
  int in = NEED(open("file", O_RDONLY));
  r = request_of(IOCB_CMD_FSYNC, in, NULL, 0, 0);
  R(run_one(c, &r));
  return 0;
}
