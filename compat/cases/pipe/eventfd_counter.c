// The counter, semaphores, overflow.
#include "case.h"

#include <sys/eventfd.h>
int main(void) {
  CHECK("eventfd2(EFD_NONBLOCK)", "adds, and is read to zero");
  int fd = NEED(eventfd(3, EFD_NONBLOCK));
  uint64_t value = 4;
  R(write(fd, &value, 8));
  R(read(fd, &value, 8));
  R(value);
  R(read(fd, &value, 8));
  CHECK("eventfd2", "sizes and overflow");
  R(read(fd, &value, 4));
  R(write(fd, &value, 4));
  value = UINT64_MAX;
  R(write(fd, &value, 8));
  value = UINT64_MAX - 1;
  R(write(fd, &value, 8));
  value = 1;
  R(write(fd, &value, 8));
  CHECK("poll", "readable, full");
  struct pollfd poller = {fd, POLLIN | POLLOUT, 0};
  R(poll(&poller, 1, 0));
  R(poller.revents);
  CHECK("eventfd2(EFD_SEMAPHORE|EFD_CLOEXEC)", "one by one");
  fd = NEED(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC));
  R(fcntl(fd, F_GETFD));
  R(read(fd, &value, 8));
  R(value);
  R(read(fd, &value, 8));
  R(read(fd, &value, 8));
  CHECK("eventfd2", "unknown flags");
  R(eventfd(0, 0x10));
  CHECK("lseek pread64", "an eventfd has no position");
  R(lseek(fd, 0, SEEK_SET));
  R(pread(fd, &value, 8, 0));
  CHECK("eventfd2 read", "waits for another process");
  fd = NEED(eventfd(0, 0));
  pid_t child = CHILD({
    R(read(fd, &value, 8));
    R(value);
  });
  sleep_ms(40);
  value = 9;
  NEED(write(fd, &value, 8));
  reap("child", child);
  return 0;
}
