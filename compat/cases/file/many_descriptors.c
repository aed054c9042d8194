// tags: limits
// Thousands of descriptors, lowest-number allocation, and EMFILE at the limit.
#include "case.h"

int main(void) {
  struct rlimit limit;
  NEED(getrlimit(RLIMIT_NOFILE, &limit));
  int want = limit.rlim_max < 10000 ? limit.rlim_max : 10000;
  limit.rlim_cur = want;
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  NEED(syscall(SYS_close_range, 3, ~0U, 0));
  CHECK("dup", "the lowest free number, up to the limit");
  int base = NEED(open("/dev/null", O_RDWR));
  int count = base + 1, fd;
  while ((fd = dup(base)) >= 0) {
    if (fd != count) {
      say("expected %d got %d", count, fd);
      return 1;
    }
    count++;
  }
  say("stopped: %s", errno_name(errno));
  T(count == want);
  CHECK("openat", "openat: EMFILE at the limit");
  R(open("/dev/null", O_RDONLY));
  CHECK("pipe2", "pipe2: EMFILE at the limit");
  int pipes[2];
  R(pipe(pipes));
  CHECK("fcntl(F_DUPFD)", "fcntl: EMFILE at the limit");
  R(fcntl(base, F_DUPFD, 0));
  CHECK("pipe2", "one free descriptor is too few");
  R(close(500));
  R(pipe(pipes));
  CHECK("openat close", "the lowest number that was closed");
  R(close(700));
  R(close(600));
  R(open("/dev/null", O_RDONLY));
  CHECK("dup socket", "EMFILE again");
  R(dup(base));
  R(socket(AF_UNIX, SOCK_STREAM, 0));
  CHECK("clone", "a child has all of them");
  reap("child", CHILD(R(fcntl(want - 1, F_GETFD))));
  CHECK("close", "all of them");
  int closed = 0;
  for (fd = base; fd < want; fd++) closed += close(fd) == 0;
  T(closed == want - base);
  T(dup(0) == base);
  return 0;
}
