// covers: fcntl
// fs.pipe-max-size: who may have more than it.
#include "case.h"

int main(void) {
  int p[2];
  long most = atol(get("/proc/sys/fs/pipe-max-size"));
  CHECK("fcntl(F_SETPIPE_SZ)", "everybody may have as much as it says");
  NEED(pipe(p));
  T(fcntl(p[0], F_SETPIPE_SZ, most) == most);
  T(fcntl(p[0], F_SETPIPE_SZ, most / 2 + 1) == most);
  R(fcntl(p[0], F_SETPIPE_SZ, 4096));
  CHECK("fcntl(F_SETPIPE_SZ)", "without CAP_SYS_RESOURCE a pipe grows to the limit and no further");
  pid_t child = CHILD({
    NEED(setresuid(54321, 54321, 54321));
    int q[2];
    NEED(pipe(q));
    R(fcntl(q[0], F_SETPIPE_SZ, most) == most);
    R(fcntl(q[0], F_SETPIPE_SZ, most + 1));
    R(fcntl(q[0], F_SETPIPE_SZ, 65536));
    R(fcntl(p[0], F_SETPIPE_SZ, most) == most);
    R(fcntl(p[0], F_SETPIPE_SZ, most * 2));
    R(fcntl(p[0], F_SETPIPE_SZ, 0x7fffffff));
    R(fcntl(p[0], F_SETPIPE_SZ, 65536));
  });
  reap("unprivileged", child);
  return 0;
}
