// Changing mappings, and the errors.
#include "case.h"

int main(void) {
  size_t page = 4096;
  char *map = mmap(NULL, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  strcpy(map + page, "moves along");
  CHECK("mprotect(PROT_NONE)", "no access");
  R(mprotect(map, page, PROT_NONE));
  reap("reader", CHILD(say("%c", *map)));
  CHECK("mprotect", "addresses, lengths and flags");
  R(mprotect(map + 1, page, PROT_READ));
  R(mprotect(map, 0, PROT_READ));
  R(mprotect(map, page, 0x100));
  R(mprotect(map, page, PROT_READ | PROT_WRITE));
  CHECK("mprotect", "over a hole");
  NEED(munmap(map + 6 * page, page));
  R(mprotect(map + 5 * page, 3 * page, PROT_READ));
  CHECK("mremap(MREMAP_MAYMOVE)", "grows and keeps its contents");
  char *moved = mremap(map + page, page, 16 * page, MREMAP_MAYMOVE);
  T(moved != MAP_FAILED && strcmp(moved, "moves along") == 0);
  CHECK("mremap", "shrinks");
  char *shrunk = mremap(moved, 16 * page, page, 0);
  T(shrunk == moved);
  CHECK("mremap", "ranges that are refused");
  T(mremap(moved, 0, page, MREMAP_MAYMOVE) == MAP_FAILED && errno == EINVAL);
  T(mremap(moved + 1, page, page, 0) == MAP_FAILED && errno == EINVAL);
  T(mremap(moved, page, 0, 0) == MAP_FAILED && errno == EINVAL);
  T(mremap(map + 6 * page, page, 2 * page, MREMAP_MAYMOVE) == MAP_FAILED && errno == EFAULT);
  CHECK("mremap(MREMAP_FIXED)", "to a given place");
  char *fixed = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  T(mremap(moved, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, fixed) == fixed &&
    strcmp(fixed, "moves along") == 0);
  CHECK("madvise(MADV_DONTNEED)", "zeros again");
  R(madvise(fixed, page, MADV_DONTNEED));
  R(fixed[0]);
  CHECK("madvise", "addresses, advice and holes");
  R(madvise(fixed + 1, page, MADV_NORMAL));
  R(madvise(fixed, page, 9999));
  R(madvise(map + 6 * page, page, MADV_NORMAL));
  CHECK("msync", "flags and holes");
  R(msync(fixed, page, MS_ASYNC | MS_SYNC));
  R(msync(fixed, page, 0x100));
  R(msync(map + 6 * page, page, MS_SYNC));
  CHECK("mincore", "addresses and holes; what was touched is there");
  unsigned char vector[8];
  R(mincore(fixed + 1, page, vector));
  R(mincore(map + 6 * page, page, vector));
  fixed[0] = 1;
  R(mincore(fixed, page, vector));
  R(vector[0] & 1);
  CHECK("mlock munlock", "a page, a hole");
  R(mlock(fixed, page));
  R(munlock(fixed, page));
  R(mlock(map + 6 * page, page));
  return 0;
}
