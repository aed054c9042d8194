// tags: limits
// Limits, and what happens at them.
#include "case.h"

int main(int argc, char **argv) {
  struct rlimit limit, old;
  if (argc > 1) {
    getrlimit(RLIMIT_STACK, &limit);
    R(limit.rlim_cur);
    getrlimit(RLIMIT_CPU, &limit);
    R(limit.rlim_cur);
    return 0;
  }
  CHECK("prlimit64(RLIMIT_NOFILE)", "descriptors end at the limit");
  limit = (struct rlimit){100, 50};
  R(setrlimit(RLIMIT_NOFILE, &limit));
  limit = (struct rlimit){20, 40};
  R(setrlimit(RLIMIT_NOFILE, &limit));
  R(fcntl(0, F_DUPFD, 20));
  R(fcntl(0, F_DUPFD, 19));
  R(dup2(0, 20));
  limit = (struct rlimit){40, 40};
  R(setrlimit(RLIMIT_NOFILE, &limit));
  R(dup2(0, 39));
  CHECK("prlimit64(RLIMIT_NOFILE)", "below what is open");
  limit.rlim_cur = 10;
  R(prlimit(0, RLIMIT_NOFILE, &limit, &old));
  say("old %ld %ld", (long)old.rlim_cur, (long)old.rlim_max);
  R(fcntl(39, F_GETFD));
  R(dup2(0, 39));
  CHECK("prlimit64", "resources, processes and pointers that are refused");
  R(getrlimit(99, &limit));
  R(prlimit(1 << 29, RLIMIT_NOFILE, NULL, &old));
  R(setrlimit(RLIMIT_NOFILE, NULL));
  CHECK("prlimit64(RLIMIT_FSIZE) write", "a file ends at the limit");
  limit = (struct rlimit){1000, 5000};
  R(setrlimit(RLIMIT_FSIZE, &limit));
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  char block[600] = {0};
  R(write(fd, block, 600));
  R(write(fd, block, 600));
  reap("over", CHILD(R(write(fd, block, 600))));
  CHECK("prlimit64(RLIMIT_FSIZE) write ftruncate pwrite64", "SIGXFSZ ignored");
  signal(SIGXFSZ, SIG_IGN);
  R(write(fd, block, 600));
  R(ftruncate(fd, 2000));
  R(pwrite(fd, block, 1, 999));
  R(pwrite(fd, block, 1, 1000));
  CHECK("prlimit64(RLIMIT_AS) mmap", "no memory beyond");
  limit = (struct rlimit){64 << 20, RLIM_INFINITY};
  reap("address space", CHILD({
         setrlimit(RLIMIT_AS, &limit);
         T(mmap(NULL, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
           errno == ENOMEM);
       }));
  CHECK("prlimit64(RLIMIT_STACK|RLIMIT_CPU)", "a new program keeps them");
  limit = (struct rlimit){4 << 20, 4 << 20};
  NEED(setrlimit(RLIMIT_STACK, &limit));
  limit = (struct rlimit){77, 88};
  NEED(setrlimit(RLIMIT_CPU, &limit));
  reap("exec", CHILD(execl(self, self, "@exec", NULL)));
  CHECK("prlimit64(RLIMIT_CPU)", "SIGXCPU");
  limit = (struct rlimit){1, 2};
  reap("cpu time", CHILD({
         setrlimit(RLIMIT_CPU, &limit);
         for (;;) {
         }
       }));
  return 0;
}
