// Contexts: made, ended, and how many there may be.
#include "aio.h"

int main(void) {
  aio_context_t a = 0, b = 0, used = 1;
  CHECK("io_setup", "made");
  OK(io_setup(10, &a));
  OK(io_setup(1, &b));
  T(a != 0 && b != 0 && a != b);
  CHECK("io_setup", "refused");
  R(io_setup(0, &used));
  R(io_setup(10, &used));
  aio_context_t none = 0;
  R(io_setup(0, &none));
  R(io_setup(0x7fffffff, &none));
  R(io_setup(1000000, &none));
  R(io_setup(10, NULL));
  R(io_setup(10, (void *)8));
  CHECK("io_destroy", "ended, once");
  R(io_destroy(b));
  R(io_destroy(b));
  R(io_destroy(0));
  R(io_destroy(12345));
  CHECK("io_submit io_getevents io_cancel", "with a context that is none");
  struct iocb r = request_of(IOCB_CMD_PREAD, 0, NULL, 0, 0), *list[] = {&r};
  struct io_event e;
  R(io_submit(b, 1, list));
  R(io_submit(0, 1, list));
  R(io_getevents(b, 0, 1, &e, NULL));
  R(io_cancel(b, &r, &e));
  CHECK("fork io_getevents", "a child has none");
  struct timespec now = {0, 0};
  pid_t child = CHILD({
    R(io_getevents(a, 0, 1, &e, &now));
    R(io_submit(a, 0, list));
    R(io_destroy(a));
  });
  reap("child", child);
  R(io_getevents(a, 0, 1, &e, &now));
  CHECK("read io_setup", "fs.aio-max-nr");
  long most = atol(get("/proc/sys/fs/aio-max-nr"));
  T(most >= 65536);
  return 0;
}
