// covers: splice
// One call moves all that there is, also more than sixteen pages.
#include "case.h"

static char data[1 << 20], back[1 << 20];

int main(void) {
  int p[2];
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 7 + i / 4096);
  NEED(pipe2(p, O_NONBLOCK));
  NEED(fcntl(p[1], F_SETPIPE_SZ, 1 << 20));
  int in = NEED(open("in", O_RDWR | O_CREAT, 0600)), out = NEED(open("out", O_RDWR | O_CREAT, 0600));
  NEED(write(in, data, sizeof data));
  NEED(lseek(in, 0, SEEK_SET));
  CHECK("splice", "a megabyte from a file into a pipe");
  R(splice(in, NULL, p[1], NULL, 1 << 20, 0));
  R(lseek(in, 0, SEEK_CUR));
  CHECK("splice", "a megabyte from a pipe into a file");
  R(splice(p[0], NULL, out, NULL, 1 << 20, 0));
  R(pread(out, back, sizeof back, 0));
  T(memcmp(data, back, sizeof data) == 0);
  CHECK("splice", "a length that nobody has");
  NEED(write(p[1], data, 100000));
  R(splice(p[0], NULL, out, NULL, (size_t)1 << 40, 0));
  NEED(write(p[1], data, 10));
  R(splice(p[0], NULL, out, NULL, (size_t)-1, 0));
  R(splice(p[0], NULL, out, NULL, (size_t)LONG_MAX, 0));
  NEED(lseek(in, 0, SEEK_SET));
  R(splice(in, NULL, p[1], NULL, (size_t)-1, 0));
  CHECK("splice", "less than is there stays for the next");
  R(splice(p[0], NULL, out, NULL, 300000, 0));
  int left;
  NEED(ioctl(p[0], FIONREAD, &left));
  R(left);
  return 0;
}
