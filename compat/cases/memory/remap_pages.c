// remap_file_pages: pages of a file in another order.
#include "case.h"

int main(void) {
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  NEED(ftruncate(fd, 3 * 4096));
  NEED(pwrite(fd, "first", 5, 0));
  NEED(pwrite(fd, "second", 6, 4096));
  char *map = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK("remap_file_pages", "the second page in the first one's place");
  R(syscall(SYS_remap_file_pages, map, 4096, 0, 1, 0));
  say("%.6s", map);
  CHECK("remap_file_pages", "protections and places that are refused");
  R(syscall(SYS_remap_file_pages, map, 4096, PROT_READ, 1, 0));
  R(syscall(SYS_remap_file_pages, 0, 4096, 0, 0, 0));
  return 0;
}
