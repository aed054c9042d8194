// Asynchronous input and output of the kernel: io_setup and what follows.
#include "case.h"

#include <linux/aio_abi.h>
int main(void) {
  aio_context_t context = 0;
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  CHECK("io_setup", "contexts and counts");
  R(syscall(SYS_io_setup, 8, &context));
  T(context != 0);
  aio_context_t other = 1;
  R(syscall(SYS_io_setup, 8, &other));
  other = 0;
  R(syscall(SYS_io_setup, 0, &other));
  CHECK("io_submit io_getevents", "a write and a read");
  char text[8] = {0};
  struct iocb write_block = {.aio_lio_opcode = IOCB_CMD_PWRITE,
                             .aio_fildes = fd,
                             .aio_buf = (uintptr_t) "hello",
                             .aio_nbytes = 5,
                             .aio_data = 1};
  struct iocb read_block = {.aio_lio_opcode = IOCB_CMD_PREAD,
                            .aio_fildes = fd,
                            .aio_buf = (uintptr_t)text,
                            .aio_nbytes = 8,
                            .aio_data = 2};
  struct iocb *blocks[] = {&write_block};
  struct io_event events[4] = {{0}};
  R(syscall(SYS_io_submit, context, 1, blocks));
  R(syscall(SYS_io_getevents, context, 1, 4, events, NULL));
  say("data %d result %d", (int)events[0].data, (int)events[0].res);
  blocks[0] = &read_block;
  R(syscall(SYS_io_submit, context, 1, blocks));
  R(syscall(SYS_io_getevents, context, 1, 4, events, NULL));
  say("data %d result %d '%s'", (int)events[0].data, (int)events[0].res, text);
  CHECK("io_pgetevents", "nothing comes, a time limit");
  struct timespec brief = {0, 1000000};
  R(syscall(SYS_io_pgetevents, context, 1, 4, events, &brief, NULL));
  CHECK("io_submit", "operations, descriptors and contexts that are refused");
  read_block.aio_lio_opcode = 99;
  R(syscall(SYS_io_submit, context, 1, blocks));
  read_block.aio_lio_opcode = IOCB_CMD_PREAD;
  read_block.aio_fildes = 999;
  R(syscall(SYS_io_submit, context, 1, blocks));
  R(syscall(SYS_io_submit, 0, 1, blocks));
  R(syscall(SYS_io_submit, context, 0, blocks));
  CHECK("io_cancel", "what is not under way");
  R(syscall(SYS_io_cancel, context, &write_block, events));
  CHECK("io_destroy", "once");
  R(syscall(SYS_io_destroy, context));
  R(syscall(SYS_io_destroy, context));
  R(syscall(SYS_io_getevents, context, 0, 1, events, NULL));
  return 0;
}
