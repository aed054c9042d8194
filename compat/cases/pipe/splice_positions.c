// covers: splice
// Positions: whose may be given, which values are refused, and what a failure leaves.
#include "case.h"

int main(void) {
  int p[2], q[2];
  put("f", "0123456789abcdefghij");
  int fd = NEED(open("f", O_RDWR));
  loff_t at, other;
  NEED(pipe2(p, O_NONBLOCK));
  NEED(pipe2(q, O_NONBLOCK));
  CHECK("splice", "a pipe has no position");
  at = 0;
  R(splice(p[0], &at, fd, NULL, 4, 0));
  R(splice(fd, NULL, p[1], &at, 4, 0));
  R(splice(p[0], &at, q[1], NULL, 4, 0));
  R(splice(p[0], NULL, q[1], &at, 4, 0));
  CHECK("splice", "negative positions");
  at = -1;
  R(splice(fd, &at, p[1], NULL, 4, 0));
  NEED(write(p[1], "data", 4));
  R(splice(p[0], NULL, fd, &at, 4, 0));
  R(at);
  at = LLONG_MAX;
  R(splice(p[0], NULL, fd, &at, 4, 0));
  R(splice(fd, &at, q[1], NULL, 4, 0));
  CHECK("splice", "bad addresses of positions");
  R(splice(fd, (loff_t *)8, p[1], NULL, 4, 0));
  R(splice(p[0], NULL, fd, (loff_t *)8, 4, 0));
  CHECK("splice", "both sides are moved");
  at = 10;
  R(splice(fd, &at, q[1], NULL, 6, 0));
  other = 2;
  R(splice(q[0], NULL, fd, &other, 4, 0));
  say("%d %d, own %d: %s", (int)at, (int)other, (int)lseek(fd, 0, SEEK_CUR), get("f"));
  CHECK("splice", "a position past the end makes a hole");
  other = 30;
  R(splice(q[0], NULL, fd, &other, 100, 0));
  struct stat st;
  NEED(fstat(fd, &st));
  say("%d %d", (int)other, (int)st.st_size);
  CHECK("splice", "a read-only position variable");
  loff_t *fixed = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  R(splice(fd, fixed, q[1], NULL, 4, 0));
  CHECK("splice", "a position of what has none");
  int zero = NEED(open("/dev/zero", O_RDWR)), s[2];
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  at = 3;
  R(splice(zero, &at, q[1], NULL, 4, 0));
  R(splice(s[0], &at, q[1], NULL, 4, 0));
  R(splice(p[0], NULL, s[0], &at, 4, 0));
  R(at);
  CHECK("splice", "nothing to move is nothing to check");
  R(splice(-1, NULL, -1, NULL, 0, 0x1000));
  R(splice(fd, NULL, fd, NULL, 4, 0));
  R(splice(fd, NULL, p[1], NULL, 4, 16));
  R(splice(fd, NULL, -1, NULL, 4, 16));
  return 0;
}
