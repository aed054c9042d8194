// Locking memory, and asking what is in it.
#include "case.h"

int main(void) {
  size_t page = 4096;
  char *map = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(munmap(map + 3 * page, page));
  map[0] = 1;
  CHECK("mlock", "pages, holes, nothing");
  R(mlock(map + 5, 10));
  R(mlock(map, 0));
  R(mlock(map, 4 * page));
  CHECK("munlock", "pages, holes, what was not locked");
  R(munlock(map, 3 * page));
  R(munlock(map, 3 * page));
  R(munlock(map + 3 * page, page));
  CHECK("mlock2(MLOCK_ONFAULT)", "pages and flags");
  R(syscall(325, map, page, 0));
  R(syscall(325, map, page, 1));
  R(syscall(325, map, page, 2));
  R(syscall(325, map + 3 * page, page, 1));
  CHECK("mlockall munlockall", "flags");
  reap("child", CHILD({
         R(mlockall(MCL_CURRENT));
         R(mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
         R(mlockall(0));
         R(mlockall(MCL_ONFAULT));
         R(mlockall(8));
         R(munlockall());
       }));
  CHECK("mlock prlimit64(RLIMIT_MEMLOCK)", "a user at the limit");
  if (geteuid() == 0)
    reap("user", CHILD({
           struct rlimit limit = {page, page};
           NEED(setrlimit(RLIMIT_MEMLOCK, &limit));
           NEED(setuid(999));
           R(munlock(map, 3 * page));
           R(mlock(map, page));
           R(mlock(map, 2 * page));
           limit.rlim_cur = limit.rlim_max = 0;
           NEED(setrlimit(RLIMIT_MEMLOCK, &limit));
           R(mlock(map, page));
         }));
  CHECK("mincore", "lengths and pages");
  unsigned char there[4] = {0};
  R(mincore(map, 3 * page, there));
  T(there[0] & 1);
  R(mincore(map, 0, there));
  R(mincore(map, page, (void *)8));
  CHECK("madvise(MADV_WILLNEED|MADV_RANDOM|MADV_FREE)", "advice that changes nothing");
  R(madvise(map, page, MADV_RANDOM));
  R(madvise(map, page, MADV_SEQUENTIAL));
  R(madvise(map, page, MADV_WILLNEED));
  CHECK("madvise(MADV_DONTFORK|MADV_WIPEONFORK)", "what a child has of it");
  map[page] = 2;
  R(madvise(map + page, page, MADV_WIPEONFORK));
  reap("wiped", CHILD(R(map[page])));
  R(madvise(map + page, page, MADV_KEEPONFORK));
  reap("kept", CHILD(R(map[page])));
  R(madvise(map + page, page, MADV_DONTFORK));
  reap("gone", CHILD(R(map[page])));
  CHECK("msync", "shared memory");
  char *shared = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  R(msync(shared, page, MS_SYNC));
  R(msync(shared, page, MS_ASYNC | MS_INVALIDATE));
  R(msync(shared + 1, page, MS_SYNC));
  CHECK("mmap(MAP_GROWSDOWN|MAP_NORESERVE|MAP_POPULATE|MAP_STACK)", "flags that may be ignored");
  T(mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED);
  char *populated =
      mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  T(mincore(populated, page, there) == 0 && (there[0] & 1));
  T(mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0) != MAP_FAILED);
  T(mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0) != MAP_FAILED);
  CHECK("mmap(MAP_32BIT|MAP_FIXED)", "addresses");
  T((uintptr_t)mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0) < 1UL << 31);
  T(mmap(map, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == map && map[0] == 0);
  CHECK("mremap(MREMAP_DONTUNMAP|MREMAP_FIXED)", "flags and places that are refused");
  T(mremap(map, page, page, 8) == MAP_FAILED && errno == EINVAL);
  T(mremap(map, page, page, MREMAP_FIXED, map + page) == MAP_FAILED && errno == EINVAL);
  T(mremap(map, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, map) == MAP_FAILED && errno == EINVAL);
  CHECK("mprotect(PROT_GROWSDOWN)", "both directions are refused");
  R(mprotect(map, page, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP));
  return 0;
}
