// covers: mseal pkey_alloc pkey_free pkey_mprotect remap_file_pages get_mempolicy set_mempolicy mbind
// Calls on the caller's own mappings that few programs make: sealing, protection keys, pages of a file in another order, nodes.
#include "case.h"

#ifndef SYS_mseal
#define SYS_mseal 462
#endif
static char *map(int prot, int flags, int fd, size_t size) {
  char *at = mmap(NULL, size, prot, flags, fd, 0);
  T(at != MAP_FAILED);
  return at;
}
int main(void) {
  CHECK("mseal", "nothing changes a sealed mapping");
  char *sealed = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 8192);
  R(syscall(SYS_mseal, sealed, 4096, 0));
  R(mprotect(sealed, 4096, PROT_READ));
  R(munmap(sealed, 4096));
  R(mprotect(sealed + 4096, 4096, PROT_READ));
  R(syscall(SYS_mseal, sealed, 4096, 1));
  R(syscall(SYS_mseal, sealed + 1, 4096, 0));
  CHECK("remap_file_pages", "pages of a file in another order");
  int fd = NEED(open("f", O_CREAT | O_RDWR, 0600));
  for (int i = 0; i < 4; i++) NEED(pwrite(fd, &"abcd"[i], 1, 4096L * i));
  NEED(ftruncate(fd, 4 * 4096));
  char *file = map(PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4 * 4096);
  R(remap_file_pages(file, 4096, 0, 3, 0));
  R(remap_file_pages(file + 3 * 4096, 4096, 0, 0, 0));
  say("%c%c%c%c", file[0], file[4096], file[2 * 4096], file[3 * 4096]);
  R(remap_file_pages(file, 4096, PROT_READ, 0, 0));
  CHECK("pkey_alloc pkey_free pkey_mprotect", "wrong arguments");
  R(syscall(SYS_pkey_alloc, 1, 0));
  R(syscall(SYS_pkey_alloc, 0, 8));
  R(syscall(SYS_pkey_free, -1));
  R(syscall(SYS_pkey_mprotect, sealed + 4096, 4096, PROT_READ | PROT_WRITE, -1));
  R(syscall(SYS_pkey_mprotect, sealed + 4096, 4096, PROT_READ, 77));
  CHECK("get_mempolicy set_mempolicy mbind", "the policy of the caller, and wrong arguments");
  int mode = -1;
  R(syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0));
  T(mode == 0);
  R(syscall(SYS_set_mempolicy, 0, NULL, 0));
  R(syscall(SYS_set_mempolicy, 99, NULL, 0));
  R(syscall(SYS_mbind, sealed + 4096, 4096, 0, NULL, 0, 0));
  R(syscall(SYS_mbind, sealed + 4097, 4096, 0, NULL, 0, 0));
  return 0;
}
