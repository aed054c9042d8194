// io_uring is not there, and programs are told so in the way they look for.
#include "aio.h"

int main(void) {
  char buffer[256];
  CHECK("io_uring_setup io_uring_enter io_uring_register",
        "as on a kernel without them, or one that forbids them");
  memset(buffer, 0, sizeof buffer);
  long r = syscall(SYS_io_uring_setup, 8, buffer);
  T(r >= 0 || errno == ENOSYS || errno == EPERM);
  if (r >= 0) close(r);
  T(syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0) == -1);
  T(syscall(SYS_io_uring_register, -1, 0, NULL, 0) == -1);
  CHECK("io_setup", "and the older calls work");
  aio_context_t c = 0;
  OK(io_setup(4, &c));
  R(io_destroy(c));
  return 0;
}
