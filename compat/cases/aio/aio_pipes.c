// Pipes and sockets: what cannot be done at once.
#include "aio.h"

int main(void) {
  aio_context_t c = 0;
  char buffer[16] = {0};
  int p[2], s[2];
  NEED(io_setup(8, &c));
  NEED(pipe2(p, O_NONBLOCK));
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  CHECK("io_submit(IOCB_CMD_PREAD)", "an empty pipe that does not wait");
  struct iocb r = request_of(IOCB_CMD_PREAD, p[0], buffer, 5, 0);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_PWRITE)", "a pipe with room");
  r = request_of(IOCB_CMD_PWRITE, p[1], "hello", 5, 0);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_PREAD)", "a pipe with bytes");
  r = request_of(IOCB_CMD_PREAD, p[0], buffer, 16, 0);
  R(run_one(c, &r));
  say("%s", buffer);
  CHECK("io_submit(IOCB_CMD_PWRITE)", "a full pipe");
  static char big[70000];
  r = request_of(IOCB_CMD_PWRITE, p[1], big, sizeof big, 0);
  R(run_one(c, &r));
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_PWRITE|IOCB_CMD_PREAD)", "sockets");
  r = request_of(IOCB_CMD_PREAD, s[0], buffer, 5, 0);
  R(run_one(c, &r));
  r = request_of(IOCB_CMD_PWRITE, s[1], "world", 5, 0);
  R(run_one(c, &r));
  r = request_of(IOCB_CMD_PREAD, s[0], buffer, 16, 0);
  R(run_one(c, &r));
  say("%s", buffer);
  CHECK("io_submit(IOCB_CMD_PREAD)", "the end of a stream");
  close(s[1]);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_PREAD)", "an eventfd");
  int counter = NEED(eventfd(7, EFD_NONBLOCK));
  r = request_of(IOCB_CMD_PREAD, counter, buffer, 8, 0);
  R(run_one(c, &r));
  say("%d", buffer[0]);
  R(run_one(c, &r));
  CHECK("io_submit(IOCB_CMD_PREAD)", "a pipe that waits has the submission wait");
  int q[2];
  NEED(pipe(q));
  pid_t child = CHILD({
    sleep_ms(20);
    NEED(write(q[1], "late", 4));
  });
  memset(buffer, 0, sizeof buffer);
  r = request_of(IOCB_CMD_PREAD, q[0], buffer, 16, 0);
  R(run_one(c, &r));
  say("%s", buffer);
  reap("writer", child);
  return 0;
}
