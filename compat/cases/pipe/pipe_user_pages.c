// covers: pipe fcntl
// fs.pipe-user-pages-soft: a user with too many pages in pipes gets pipes of two, and none that grows.
#include "case.h"

int main(void) {
  struct rlimit files = {4096, 4096};
  NEED(setrlimit(RLIMIT_NOFILE, &files));
  T(atol(get("/proc/sys/fs/pipe-user-pages-soft")) == 16384);
  // A user whom nobody else is, also when the case runs twice at a time.
  uid_t uid = 200000 + getpid();
  NEED(setresuid(uid, uid, uid));
  static int ends[1200][2];
  CHECK("pipe", "pipes beyond the soft limit are small");
  int small = 0, first = -1;
  for (int i = 0; i < 1200; i++) {
    NEED(pipe(ends[i]));
    if (fcntl(ends[i][0], F_GETPIPE_SZ) == 65536) continue;
    if (first < 0) first = i;
    small++;
  }
  say("first small one: %d, of %d, it has %d", first, small, fcntl(ends[first][0], F_GETPIPE_SZ));
  CHECK("fcntl(F_SETPIPE_SZ)", "beyond the soft limit a pipe may shrink, not grow");
  R(fcntl(ends[1199][0], F_SETPIPE_SZ, 16384));
  R(fcntl(ends[0][0], F_SETPIPE_SZ, 131072));
  R(fcntl(ends[0][0], F_SETPIPE_SZ, 32768));
  R(fcntl(ends[0][0], F_SETPIPE_SZ, 65536));
  CHECK("fcntl(F_SETPIPE_SZ)", "closed pipes no longer count");
  for (int i = 100; i < 300; i++) {
    close(ends[i][0]);
    close(ends[i][1]);
  }
  R(fcntl(ends[0][0], F_SETPIPE_SZ, 131072));
  R(fcntl(ends[1199][0], F_SETPIPE_SZ, 65536));
  int p[2];
  NEED(pipe(p));
  R(fcntl(p[0], F_GETPIPE_SZ));
  return 0;
}
