// covers: preadv2 pwritev2
// RWF_NOWAIT and other flags of preadv2(2) on pipes and eventfds.
#include "case.h"

#include <sys/eventfd.h>
int main(void) {
  int p[2];
  static char data[65536];
  struct iovec v = {data, 10};
  NEED(pipe(p));
  CHECK("preadv2(RWF_NOWAIT)", "an empty pipe");
  R(preadv2(p[0], &v, 1, -1, RWF_NOWAIT));
  NEED(write(p[1], "abc", 3));
  R(preadv2(p[0], &v, 1, -1, RWF_NOWAIT));
  R(preadv2(p[0], &v, 1, 0, RWF_NOWAIT));
  R(preadv2(p[0], &v, 1, 0, 0));
  close(p[1]);
  R(preadv2(p[0], &v, 1, -1, RWF_NOWAIT));
  CHECK("pwritev2(RWF_NOWAIT)", "a full pipe");
  NEED(pipe(p));
  struct iovec all = {data, sizeof data};
  R(pwritev2(p[1], &all, 1, -1, RWF_NOWAIT));
  R(pwritev2(p[1], &v, 1, -1, RWF_NOWAIT));
  R(pwritev2(p[1], &v, 1, 0, RWF_NOWAIT));
  NEED(read(p[0], data, 4096));
  R(pwritev2(p[1], &all, 1, -1, RWF_NOWAIT));
  CHECK("preadv2(RWF_HIPRI|RWF_DSYNC|RWF_SYNC|RWF_APPEND)", "other flags");
  R(preadv2(p[0], &v, 1, -1, RWF_HIPRI));
  R(preadv2(p[0], &v, 1, -1, RWF_DSYNC));
  R(preadv2(p[0], &v, 1, -1, 0x1000));
  R(pwritev2(p[1], &v, 1, -1, RWF_SYNC | RWF_NOWAIT));
  CHECK("preadv2(RWF_NOWAIT)", "an eventfd");
  int fd = NEED(eventfd(0, 0));
  struct iovec eight = {data, 8};
  R(preadv2(fd, &eight, 1, -1, RWF_NOWAIT));
  uint64_t one = 1;
  NEED(write(fd, &one, 8));
  R(preadv2(fd, &eight, 1, -1, RWF_NOWAIT));
  struct iovec halves[2] = {{data, 4}, {data + 4, 4}};
  NEED(write(fd, &one, 8));
  R(readv(fd, halves, 2));
  return 0;
}
