// covers: eventfd2 read
// EFD_SEMAPHORE: one at a time.
#include "case.h"

#include <sys/eventfd.h>
static void add(int fd, uint64_t n) {
  NEED(write(fd, &n, 8));
}
static long take(int fd) {
  uint64_t n = 0;
  return read(fd, &n, 8) == 8 ? (long)n : -errno;
}

int main(void) {
  int fd = NEED(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
  CHECK("eventfd2(EFD_SEMAPHORE)", "each read takes one");
  R(take(fd));
  R(take(fd));
  R(take(fd));
  add(fd, 3);
  R(take(fd));
  struct pollfd f = {fd, POLLIN | POLLOUT, 0};
  R(poll(&f, 1, 0));
  say("%#x", f.revents);
  R(take(fd));
  R(take(fd));
  R(poll(&f, 1, 0));
  say("%#x", f.revents);
  CHECK("eventfd2(EFD_SEMAPHORE)", "one write lets as many readers go on as it says");
  fd = NEED(eventfd(0, EFD_SEMAPHORE));
  pid_t readers[3];
  for (int i = 0; i < 3; i++) readers[i] = CHILD({ _exit((int)take(fd)); });
  sleep_ms(40);
  add(fd, 3);
  for (int i = 0; i < 3; i++) reap("reader", readers[i]);
  CHECK("eventfd2", "without it one reader takes all");
  fd = NEED(eventfd(0, EFD_NONBLOCK));
  add(fd, 3);
  add(fd, 4);
  R(take(fd));
  R(take(fd));
  CHECK("eventfd2", "flags and first values");
  R(eventfd(0, 2));
  R(eventfd(0, EFD_NONBLOCK | 16));
  fd = NEED(eventfd(0xffffffff, EFD_CLOEXEC | EFD_NONBLOCK));
  R(fcntl(fd, F_GETFD));
  say("%#x", fcntl(fd, F_GETFL));
  R(take(fd));
  CHECK("read write", "sizes and values that are refused");
  char text[16] = {0};
  R(read(fd, text, 7));
  R(write(fd, text, 7));
  memset(text, 0xff, 8);
  R(write(fd, text, 8));
  add(fd, 1);
  R(read(fd, text, 16));
  R(write(fd, (void *)8, 8));
  add(fd, 1);
  R(read(fd, (void *)8, 8));
  R(take(fd));
  R(lseek(fd, 0, SEEK_SET));
  R(pread(fd, text, 8, 0));
  return 0;
}
