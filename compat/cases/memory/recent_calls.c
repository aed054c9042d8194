// Calls about memory of the last years.
#include "case.h"

int main(void) {
  char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct iovec range = {map, 8192};
  CHECK("process_madvise", "own memory, advice and flags");
  int own = NEED(syscall(SYS_pidfd_open, getpid(), 0));
  R(syscall(440, own, &range, 1, MADV_COLD, 0));
  R(syscall(440, own, &range, 1, MADV_COLD, 1));
  R(syscall(440, own, &range, 1, 9999, 0));
  R(syscall(440, -1, &range, 1, MADV_COLD, 0));
  CHECK("mseal", "a sealed mapping stays");
  R(syscall(462, map, 4096, 0));
  R(syscall(462, map, 4096, 1));
  R(syscall(462, map + 1, 4096, 0));
  R(munmap(map, 4096));
  R(mprotect(map, 4096, PROT_READ));
  CHECK("cachestat", "a file, flags, descriptors");
  put("f", "x");
  uint64_t stats[8] = {0}, whole[2] = {0, 0};
  int fd = NEED(open("f", O_RDONLY)), p[2];
  NEED(pipe(p));
  R(syscall(451, fd, whole, stats, 0));
  R(syscall(451, fd, whole, stats, 1));
  R(syscall(451, -1, whole, stats, 0));
  CHECK("memfd_secret", "memfd_secret: flags");
  R(syscall(447, 99));
  CHECK("map_shadow_stack", "map_shadow_stack: flags");
  R(syscall(453, 0, 4096, 99));
  CHECK("userfaultfd", "userfaultfd: flags");
  T(syscall(SYS_userfaultfd, 0x99999) == -1);
  return 0;
}
