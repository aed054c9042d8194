// io_uring: what it refuses.
#include "case.h"

int main(void) {
  char parameters[120] = {0};
  int fd = NEED(open(".", O_RDONLY));
  CHECK("io_uring_setup", "no entries, too many, bad pointers");
  R(syscall(SYS_io_uring_setup, 0, parameters));
  R(syscall(SYS_io_uring_setup, 1 << 20, parameters));
  R(syscall(SYS_io_uring_setup, 1, 8));
  CHECK("io_uring_enter", "what is no ring");
  R(syscall(SYS_io_uring_enter, fd, 1, 0, 0, NULL, 8));
  R(syscall(SYS_io_uring_enter, -1, 1, 0, 0, NULL, 8));
  CHECK("io_uring_register", "what is no ring of buffers");
  R(syscall(SYS_io_uring_register, fd, 0, NULL, 0));
  R(syscall(SYS_io_uring_register, -1, 0, NULL, 0));
  return 0;
}
