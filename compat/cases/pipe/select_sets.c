// select: sets, the remaining time, errors.
#include "case.h"

int main(void) {
  int p[2];
  NEED(pipe(p));
  fd_set in, out, none;
  CHECK("pselect6", "what is ready");
  struct timeval zero = {0, 0};
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_ZERO(&none);
  FD_SET(p[0], &in);
  FD_SET(p[1], &out);
  R(select(p[1] + 1, &in, &out, NULL, &zero));
  T(!FD_ISSET(p[0], &in) && FD_ISSET(p[1], &out));
  NEED(write(p[1], "x", 1));
  FD_SET(p[0], &in);
  R(select(p[1] + 1, &in, &out, &none, NULL));
  T(FD_ISSET(p[0], &in) && FD_ISSET(p[1], &out));
  CHECK("pselect6", "only the first descriptors count");
  FD_ZERO(&out);
  R(select(p[0], &in, NULL, NULL, &zero));
  CHECK("pselect6", "descriptors, counts and times that are refused");
  FD_ZERO(&in);
  FD_SET(999, &in);
  R(select(1000, &in, NULL, NULL, &zero));
  R(select(-1, NULL, NULL, NULL, &zero));
  struct timeval negative = {-1, 0};
  R(select(0, NULL, NULL, NULL, &negative));
  CHECK("pselect6", "the time that is left");
  struct timeval left = {5, 0};
  FD_ZERO(&in);
  FD_SET(p[0], &in);
  R(select(p[0] + 1, &in, NULL, NULL, &left));
  T(left.tv_sec >= 4);
  NEED(read(p[0], (char[1]){0}, 1));
  left = (struct timeval){0, 30000};
  long long start = now_ms();
  R(select(p[0] + 1, &in, NULL, NULL, &left));
  T(left.tv_sec == 0 && left.tv_usec == 0 && now_ms() - start >= 29);
  CHECK("pselect6", "leaves the time of pselect alone");
  struct timespec time = {0, 20000000};
  FD_SET(p[0], &in);
  R(pselect(p[0] + 1, &in, NULL, NULL, &time, NULL));
  R(time.tv_nsec);
  CHECK("pselect6", "the end of a pipe is readable");
  close(p[1]);
  FD_SET(p[0], &in);
  R(select(p[0] + 1, &in, NULL, NULL, NULL));
  return 0;
}
