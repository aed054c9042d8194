// covers: io_setup io_destroy io_submit io_getevents io_pgetevents io_cancel
// Asynchronous input and output: reads, writes, vectors, syncs, polls, events in order, eventfds, refusals.
#include "case.h"

#include <linux/aio_abi.h>
#include <sys/eventfd.h>
static aio_context_t ctx;
static struct iocb *prepare(struct iocb *cb, int op, int fd, void *buf, size_t count, long long offset) {
  memset(cb, 0, sizeof *cb);
  cb->aio_lio_opcode = op;
  cb->aio_fildes = fd;
  cb->aio_buf = (uintptr_t)buf;
  cb->aio_nbytes = count;
  cb->aio_offset = offset;
  cb->aio_data = 1000 + op;
  return cb;
}
static long submit(struct iocb *cb) {
  return syscall(SYS_io_submit, ctx, 1, &cb);
}
static void events(const char *label, long least, long most) {
  struct io_event list[8];
  struct timespec timeout = {0, 50000000};
  long got = syscall(SYS_io_getevents, ctx, least, most, list, &timeout);
  say("%s: %ld %s", label, got, got < 0 ? errno_name(errno) : "");
  for (long i = 0; i < got; i++) say("  data %llu, res %lld", list[i].data, list[i].res);
}
int main(void) {
  struct iocb cb, other;
  char text[16] = {0};
  CHECK("io_setup io_destroy", "what is refused");
  R(syscall(SYS_io_setup, 1, NULL));
  R(syscall(SYS_io_setup, 0, &ctx));
  R(syscall(SYS_io_setup, -1, &ctx));
  ctx = 1;
  R(syscall(SYS_io_setup, 1, &ctx));
  R(syscall(SYS_io_destroy, ctx));
  R(syscall(SYS_io_destroy, -1L));
  ctx = 0;
  R(syscall(SYS_io_setup, 4, &ctx));
  T(ctx != 0);
  T(*(volatile unsigned *)ctx == 0 || *(volatile unsigned *)ctx < 1000);
  CHECK("io_submit io_getevents", "writes and reads of a file");
  int fd = NEED(open("f", O_CREAT | O_RDWR, 0600));
  R(submit(prepare(&cb, IOCB_CMD_PWRITE, fd, "0123456789", 10, 3)));
  events("write", 1, 8);
  R(submit(prepare(&cb, IOCB_CMD_PREAD, fd, text, 5, 5)));
  events("read", 1, 8);
  say("'%s'", text);
  T(lseek(fd, 0, SEEK_CUR) == 0);
  R(submit(prepare(&cb, IOCB_CMD_PREAD, fd, text, 5, 100)));
  events("read at the end", 1, 8);
  struct iovec v[2] = {{text, 2}, {text + 4, 3}};
  R(submit(prepare(&cb, IOCB_CMD_PREADV, fd, v, 2, 3)));
  events("readv", 1, 8);
  say("'%.2s' '%.3s'", text, text + 4);
  R(submit(prepare(&cb, IOCB_CMD_FSYNC, fd, NULL, 0, 0)));
  events("fsync", 1, 8);
  CHECK("io_submit", "an error of the transfer is an event, a wrong request is refused");
  R(submit(prepare(&cb, IOCB_CMD_PREAD, fd, (void *)8, 5, 3)));
  events("bad buffer", 1, 8);
  R(submit(prepare(&cb, IOCB_CMD_PREAD, -1, text, 5, 0)));
  R(submit(prepare(&cb, IOCB_CMD_PREAD, NEED(open("f", O_WRONLY)), text, 5, 0)));
  R(submit(prepare(&cb, IOCB_CMD_PWRITE, NEED(open("f", O_RDONLY)), text, 5, 0)));
  R(submit(prepare(&cb, IOCB_CMD_PREAD, fd, text, 5, -1)));
  R(submit(prepare(&cb, 99, fd, text, 5, 0)));
  prepare(&cb, IOCB_CMD_PREAD, fd, text, 5, 0)->aio_reserved2 = 1;
  R(submit(&cb));
  prepare(&cb, IOCB_CMD_PREAD, fd, text, 5, 0)->aio_rw_flags = 0x40000000;
  R(submit(&cb));
  R(submit(NULL));
  R(syscall(SYS_io_submit, ctx, 1, NULL));
  R(syscall(SYS_io_submit, ctx, 0, NULL));
  R(syscall(SYS_io_submit, ctx, -1, NULL));
  R(syscall(SYS_io_submit, 0, 1, NULL));
  struct iocb *list[2] = {prepare(&cb, IOCB_CMD_PREAD, fd, text, 1, 3), (void *)8};
  R(syscall(SYS_io_submit, ctx, 2, list));
  events("the first of two", 1, 8);
  CHECK("io_getevents", "times out, and takes no more than asked for");
  events("nothing", 1, 8);
  events("nothing wanted", 0, 8);
  R(submit(prepare(&cb, IOCB_CMD_PREAD, fd, text, 1, 3)));
  R(submit(prepare(&other, IOCB_CMD_PWRITE, fd, text, 1, 3)));
  events("one", 1, 1);
  events("the other", 1, 1);
  events("too few", 2, 1);
  events("negative", -1, 1);
  R(syscall(SYS_io_getevents, 0, 0, 0, NULL, NULL));
  R(syscall(SYS_io_getevents, ctx, 1, 1, NULL, (void *)8));
  R(syscall(SYS_io_pgetevents, ctx, 0, 1, NULL, NULL, (void *)8));
  CHECK("io_submit(IOCB_CMD_POLL)", "ends when the pipe is readable, and tells an eventfd");
  int p[2], counter = NEED(eventfd(0, EFD_NONBLOCK));
  NEED(pipe(p));
  prepare(&cb, IOCB_CMD_POLL, p[0], (void *)POLLIN, 0, 0);
  cb.aio_flags = IOCB_FLAG_RESFD;
  cb.aio_resfd = counter;
  R(submit(&cb));
  events("empty pipe", 1, 8);
  NEED(write(p[1], "x", 1));
  events("readable", 1, 8);
  uint64_t count = 0;
  R(read(counter, &count, sizeof count));
  T(count == 1);
  R(submit(prepare(&cb, IOCB_CMD_PREAD, p[0], text, 4, 0)));
  events("read of a pipe", 1, 8);
  prepare(&cb, IOCB_CMD_PREAD, p[0], text, 4, 0)->aio_rw_flags = 8;
  R(submit(&cb));
  events("read of an empty pipe, RWF_NOWAIT", 1, 8);
  CHECK("io_cancel", "knows only what is under way");
  struct io_event event;
  R(syscall(SYS_io_cancel, ctx, prepare(&cb, IOCB_CMD_PREAD, fd, text, 1, 3), &event));
  R(syscall(SYS_io_cancel, ctx, NULL, &event));
  R(syscall(SYS_io_cancel, 0, &cb, &event));
  CHECK("io_setup", "a child has none of its parent's contexts");
  pid_t child = NEED(fork());
  if (child == 0) {
    R(submit(prepare(&cb, IOCB_CMD_PREAD, fd, text, 1, 3)));
    R(syscall(SYS_io_destroy, ctx));
    _exit(0);
  }
  reap("child", child);
  CHECK("io_destroy", "the context is gone");
  R(syscall(SYS_io_destroy, ctx));
  R(syscall(SYS_io_destroy, ctx));
  R(submit(prepare(&cb, IOCB_CMD_PREAD, fd, text, 1, 3)));
  return 0;
}
