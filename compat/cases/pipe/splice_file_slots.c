// covers: splice
// What comes from a file keeps to pages of its own in the pipe, however few bytes they are.
#include "case.h"

static char data[65536];

static void drain(int fd) {
  while (read(fd, data, sizeof data) > 0) {
  }
}

int main(void) {
  int p[2], inside;
  NEED(pipe2(p, O_NONBLOCK));
  memset(data, 'f', sizeof data);
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0600));
  NEED(write(fd, data, sizeof data));
  NEED(write(fd, data, sizeof data));
  loff_t at;
  CHECK("splice", "single bytes take a page each");
  int count = 0;
  at = 0;
  while (splice(fd, &at, p[1], NULL, 1, 0) == 1) count++;
  say("%d bytes, position %d, then %s", count, (int)at, errno_name(errno));
  drain(p[0]);
  CHECK("splice", "a length over two pages of the file takes two");
  at = 4000;
  R(splice(fd, &at, p[1], NULL, 200, 0));
  count = 0;
  while (write(p[1], data, 4096) == 4096) count++;
  say("%d pages more", count);
  drain(p[0]);
  CHECK("splice", "from the middle of a page less than the pipe's size fits");
  at = 100;
  R(splice(fd, &at, p[1], NULL, 200000, 0));
  R(at);
  drain(p[0]);
  at = 4096;
  R(splice(fd, &at, p[1], NULL, 200000, 0));
  drain(p[0]);
  CHECK("write", "is not added to a page that came from a file");
  at = 0;
  NEED(splice(fd, &at, p[1], NULL, 10, 0));
  NEED(write(p[1], data, 10));
  NEED(write(p[1], data, 10));
  count = 0;
  while (write(p[1], data, 4096) == 4096) count++;
  NEED(ioctl(p[0], FIONREAD, &inside));
  say("%d pages more, %d bytes", count, inside);
  drain(p[0]);
  CHECK("splice", "stops at the end of the file");
  at = 131072 - 10;
  R(splice(fd, &at, p[1], NULL, 100, 0));
  R(splice(fd, &at, p[1], NULL, 100, 0));
  R(at);
  at = 500000;
  R(splice(fd, &at, p[1], NULL, 100, 0));
  CHECK("splice", "the description's own position moves when none is given");
  R(lseek(fd, 65536, SEEK_SET));
  R(splice(fd, NULL, p[1], NULL, 1000, 0));
  R(lseek(fd, 0, SEEK_CUR));
  at = 5;
  R(splice(fd, &at, p[1], NULL, 1000, 0));
  R(lseek(fd, 0, SEEK_CUR));
  return 0;
}
