// Code written into memory runs; a jump into memory without PROT_EXEC does not.
#include "case.h"

int main(void) {
  const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
  unsigned char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(map, code, sizeof code);
  int (*function)(void) = (int (*)(void))map;
  CHECK("mprotect(PROT_EXEC)", "code runs with it, not without");
  reap("not executable", CHILD(_exit(function())));
  R(mprotect(map, 4096, PROT_READ | PROT_EXEC));
  R(function());
  reap("child", CHILD(_exit(function())));
  CHECK("mmap(PROT_EXEC|MAP_PRIVATE)", "code in a file");
  int fd = NEED(open("code", O_RDWR | O_CREAT, 0755));
  NEED(write(fd, code, sizeof code));
  void *file = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
  T(file != MAP_FAILED);
  R(((int (*)(void))file)());
  CHECK("mmap(PROT_EXEC|MAP_SHARED)", "code in a memory file");
  fd = NEED(memfd_create("code", 0));
  NEED(write(fd, code, sizeof code));
  file = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  T(file != MAP_FAILED);
  R(((int (*)(void))file)());
  return 0;
}
