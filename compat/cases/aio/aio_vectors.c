// Reads and writes of several pieces.
#include "aio.h"

int main(void) {
  aio_context_t c = 0;
  NEED(io_setup(8, &c));
  int fd = NEED(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
  struct iovec v[3] = {{"abc", 3}, {"", 0}, {"defgh", 5}};
  CHECK("io_submit(IOCB_CMD_PWRITEV)", "pieces become one");
  struct iocb r = request_of(IOCB_CMD_PWRITEV, fd, v, 3, 2);
  R(run_one(c, &r));
  char text[16] = {0};
  NEED(pread(fd, text, 15, 2));
  say("%s", text);
  CHECK("io_submit(IOCB_CMD_PREADV)", "and pieces again");
  char a[4] = {0}, b[8] = {0};
  struct iovec in[2] = {{a, 3}, {b, 7}};
  r = request_of(IOCB_CMD_PREADV, fd, in, 2, 2);
  R(run_one(c, &r));
  say("%s|%s", a, b);
  r = request_of(IOCB_CMD_PREADV, fd, in, 0, 0);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_PREADV)", "too many, and where there are none");
  static struct iovec many[1025];
  for (int i = 0; i < 1025; i++) many[i] = (struct iovec){a, 1};
  r = request_of(IOCB_CMD_PREADV, fd, many, 1024, 0);
  R(run_one(c, &r));
  r = request_of(IOCB_CMD_PREADV, fd, many, 1025, 0);
  R(run_one(c, &r));
  r = request_of(IOCB_CMD_PREADV, fd, (void *)8, 1, 0);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_PREADV)", "a piece that is not there");
  struct iovec bad[2] = {{a, 2}, {(void *)8, 2}};
  r = request_of(IOCB_CMD_PREADV, fd, bad, 2, 2);
  R(run_one(c, &r));
  bad[1].iov_len = -1;
  r = request_of(IOCB_CMD_PREADV, fd, bad, 2, 2);
  R(run_one(c, &r));
  return 0;
}
