// covers: splice tee
// Ends that do not read or do not write, and flags that no call has.
#include "case.h"

int main(void) {
  int p[2], q[2];
  put("f", "text");
  int rd = NEED(open("f", O_RDONLY)), wr = NEED(open("f", O_WRONLY)), path = NEED(open("f", O_PATH));
  NEED(pipe2(p, O_NONBLOCK));
  NEED(pipe2(q, O_NONBLOCK));
  CHECK("splice", "directions");
  R(splice(wr, NULL, p[1], NULL, 1, 0));
  R(splice(p[0], NULL, rd, NULL, 1, 0));
  R(splice(rd, NULL, p[0], NULL, 1, 0));
  R(splice(p[1], NULL, wr, NULL, 1, 0));
  R(splice(p[1], NULL, q[0], NULL, 1, 0));
  R(splice(path, NULL, p[1], NULL, 1, 0));
  R(splice(rd, NULL, wr, NULL, 1, 0));
  R(splice(rd, NULL, 99, NULL, 1, 0));
  CHECK("tee", "wants two different pipes, in the right directions");
  R(tee(p[0], q[0], 1, 0));
  R(tee(p[1], q[1], 1, 0));
  R(tee(rd, q[1], 1, 0));
  R(tee(p[0], wr, 1, 0));
  R(tee(p[0], p[1], 1, 0));
  R(tee(99, q[1], 1, 0));
  R(tee(p[0], 99, 1, 0));
  R(tee(99, 99, 0, 0));
  R(tee(99, 99, 0, 0x10));
  CHECK("splice(SPLICE_F_MOVE|SPLICE_F_MORE|SPLICE_F_GIFT)", "flags");
  NEED(write(p[1], "0123456789", 10));
  R(splice(p[0], NULL, q[1], NULL, 2, SPLICE_F_MOVE));
  R(splice(p[0], NULL, q[1], NULL, 2, SPLICE_F_MORE));
  R(splice(p[0], NULL, q[1], NULL, 2, SPLICE_F_GIFT));
  R(splice(p[0], NULL, q[1], NULL, 2, 0x10));
  R(splice(p[0], NULL, q[1], NULL, 2, -1));
  CHECK("tee(SPLICE_F_MOVE|SPLICE_F_MORE|SPLICE_F_GIFT)", "flags of tee");
  R(tee(p[0], q[1], 2, SPLICE_F_MOVE | SPLICE_F_MORE | SPLICE_F_GIFT));
  R(tee(p[0], q[1], 2, 0x10));
  return 0;
}
