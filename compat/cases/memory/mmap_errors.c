// What mmap refuses.
#include "case.h"

static const char *try(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  void *map = mmap(address, length, protection, flags, fd, offset);
  return map == MAP_FAILED ? errno_name(errno) : "ok";
}
#define M(...) say("mmap(" #__VA_ARGS__ "): %s", try(__VA_ARGS__))
int main(void) {
  put("f", "x");
  int rd = NEED(open("f", O_RDONLY)), wr = NEED(open("f", O_WRONLY)), rw = NEED(open("f", O_RDWR));
  int dir = NEED(open(".", O_RDONLY)), p[2];
  NEED(pipe(p));
  CHECK("mmap", "lengths and kinds");
  M(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  M(NULL, 4096, PROT_READ, 0, -1, 0);
  M(NULL, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0);
  CHECK("mmap", "descriptors and offsets");
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, 999, 0);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, rd, 0);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, rd, 1);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, rd, -4096);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, rd, 1 << 20);
  CHECK("mmap(PROT_WRITE)", "what the access mode allows");
  M(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, rd, 0);
  M(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rd, 0);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, wr, 0);
  M(NULL, 4096, PROT_READ, MAP_SHARED, wr, 0);
  M(NULL, 4096, PROT_WRITE, MAP_SHARED, wr, 0);
  M(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, rw, 0);
  M(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, rd, 0);
  CHECK("mmap", "directories and pipes");
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, dir, 0);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, p[0], 0);
  CHECK("mmap(MAP_SHARED_VALIDATE)", "unknown flags");
  M(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | 0x800000, rd, 0);
  CHECK("mmap", "too much");
  M(NULL, (size_t)-1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  M(NULL, 1UL << 60, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK("mmap(MAP_FIXED)", "addresses that are refused");
  M((void *)1, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  M((void *)(1UL << 63), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  CHECK("mmap", "devices");
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, NEED(open("/dev/zero", O_RDONLY)), 0);
  M(NULL, 4096, PROT_READ, MAP_PRIVATE, NEED(open("/dev/null", O_RDONLY)), 0);
  CHECK("mmap(MAP_FIXED_NOREPLACE)", "where something is, and where nothing is");
  char *map = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  M(map, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  R(munmap(map, 4096));
  M(map, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  CHECK("munmap", "ranges");
  R(munmap(map + 1, 4096));
  R(munmap(map, 0));
  R(munmap(map, 8192));
  R(munmap(map, 8192));
  R(munmap((void *)(1UL << 63), 4096));
  return 0;
}
