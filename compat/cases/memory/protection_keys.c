// Protection keys: what holds with and without hardware for them.
#include "case.h"

int main(void) {
  char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK("pkey_alloc", "flags and rights that are refused");
  R(syscall(SYS_pkey_alloc, 1, 0));
  R(syscall(SYS_pkey_alloc, 0, 99));
  CHECK("pkey_free", "what is no key");
  R(syscall(SYS_pkey_free, 99));
  R(syscall(SYS_pkey_free, -1));
  CHECK("pkey_mprotect", "without a key it is mprotect");
  R(syscall(SYS_pkey_mprotect, map, 4096, PROT_READ, -1));
  reap("writer", CHILD(*map = 1));
  R(syscall(SYS_pkey_mprotect, map, 4096, PROT_READ, 99));
  R(syscall(SYS_pkey_mprotect, map + 1, 4096, PROT_READ, -1));
  return 0;
}
