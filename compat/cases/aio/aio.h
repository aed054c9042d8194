/* The calls of native asynchronous I/O, as the kernel has them, for the cases about them. */
#ifndef AIO_CASE_H
#define AIO_CASE_H
#include "../case.h"

#include <linux/aio_abi.h>
#include <sys/eventfd.h>

static long UNUSED io_setup(unsigned count, aio_context_t *context) {
  return syscall(SYS_io_setup, count, context);
}
static long UNUSED io_destroy(aio_context_t context) {
  return syscall(SYS_io_destroy, context);
}
static long UNUSED io_submit(aio_context_t context, long count, struct iocb **list) {
  return syscall(SYS_io_submit, context, count, list);
}
static long UNUSED io_cancel(aio_context_t context, struct iocb *request, struct io_event *event) {
  return syscall(SYS_io_cancel, context, request, event);
}
static long UNUSED io_getevents(aio_context_t context, long least, long most, struct io_event *events,
                                struct timespec *limit) {
  return syscall(SYS_io_getevents, context, least, most, events, limit);
}

static struct iocb UNUSED request_of(int opcode, int fd, void *buffer, size_t length, long long offset) {
  return (struct iocb){.aio_lio_opcode = opcode,
                       .aio_fildes = fd,
                       .aio_buf = (uintptr_t)buffer,
                       .aio_nbytes = length,
                       .aio_offset = offset,
                       .aio_data = 42};
}

/* Submit one request and wait for its end; the result is the call's, or that of the submission. */
static long UNUSED run_one(aio_context_t context, struct iocb *request) {
  struct iocb *list[] = {request};
  struct io_event event;
  long r = io_submit(context, 1, list);
  if (r != 1) return r;
  NEED(io_getevents(context, 1, 1, &event, NULL));
  if (event.obj != (uintptr_t)request || event.data != request->aio_data) say("another event");
  if (event.res < 0) {
    errno = -event.res;
    return -1;
  }
  return event.res;
}
#endif
