// covers: open dup close fcntl setrlimit
// Thousands of descriptors, lowest-number allocation, and EMFILE at the limit.
#include "case.h"

int main(void) {
  struct rlimit limit;
  NEED(getrlimit(RLIMIT_NOFILE, &limit));
  int want = limit.rlim_max < 10000 ? limit.rlim_max : 10000;
  limit.rlim_cur = want;
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  NEED(syscall(SYS_close_range, 3, ~0U, 0));
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
  R(open("/dev/null", O_RDONLY));
  int pipes[2];
  R(pipe(pipes));
  R(fcntl(base, F_DUPFD, 0));
  R(close(500));
  R(pipe(pipes));
  R(close(700));
  R(close(600));
  R(open("/dev/null", O_RDONLY));
  R(dup(base));
  R(socket(AF_UNIX, SOCK_STREAM, 0));
  reap("child", CHILD(R(fcntl(want - 1, F_GETFD))));
  int closed = 0;
  for (fd = base; fd < want; fd++) closed += close(fd) == 0;
  T(closed == want - base);
  T(dup(0) == base);
  return 0;
}
