// covers: vmsplice
// vmsplice(2) into a pipe: takes what fits and does not wait for the rest.
#include "case.h"

int main(void) {
  static char data[200000];
  int p[2];
  NEED(pipe(p));
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 7);
  struct iovec v = {data, sizeof data};
  CHECK("vmsplice", "gives a short count when the pipe is full");
  long got = vmsplice(p[1], &v, 1, 0);
  T(got > 0 && got <= 65536);
  static char back[65536];
  T(read(p[0], back, sizeof back) == got);
  T(memcmp(back, data, (size_t)got) == 0);
  CHECK("vmsplice(SPLICE_F_NONBLOCK)", "is EAGAIN on a full pipe");
  NEED(vmsplice(p[1], &v, 1, 0));
  R(vmsplice(p[1], &v, 1, SPLICE_F_NONBLOCK));
  CHECK("vmsplice", "waits while there is no room at all");
  pid_t child = NEED(fork());
  if (child == 0) {
    usleep(100000);
    while (read(p[0], back, sizeof back) > 0) break;
    _exit(0);
  }
  T(vmsplice(p[1], &v, 1, 0) > 0);
  reap("reader", child);
  CHECK("vmsplice", "refuses what is no pipe, and has nothing to do without bytes");
  R(vmsplice(1, &v, 0, 0));
  put("f", "x");
  R(vmsplice(NEED(open("f", O_RDWR)), &v, 1, 0));
  R(vmsplice(p[1], &v, 1, 0x100));
  return 0;
}
