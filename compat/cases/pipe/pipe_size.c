// covers: fcntl
// F_SETPIPE_SZ: what is rounded to what, and what is refused.
#include "case.h"

int main(void) {
  int p[2];
  NEED(pipe(p));
  CHECK("fcntl(F_SETPIPE_SZ)", "rounds up to pages, and to powers of two of them");
  R(fcntl(p[0], F_GETPIPE_SZ));
  R(fcntl(p[0], F_SETPIPE_SZ, 0));
  R(fcntl(p[1], F_GETPIPE_SZ));
  R(fcntl(p[1], F_SETPIPE_SZ, 1));
  R(fcntl(p[1], F_SETPIPE_SZ, 4097));
  R(fcntl(p[1], F_SETPIPE_SZ, 3 * 4096));
  CHECK("fcntl(F_SETPIPE_SZ)", "refuses sizes beyond 2 GB, and less than what is inside");
  R(fcntl(p[1], F_SETPIPE_SZ, 0x80000001u));
  char data[8192] = {0};
  R(write(p[1], data, sizeof data));
  R(fcntl(p[1], F_SETPIPE_SZ, 4096));
  R(fcntl(p[1], F_SETPIPE_SZ, 8192));
  return 0;
}
