// flags: -static
// A statically linked program: no interpreter, and proc says so.
#include "case.h"

int main(int argc, char **argv) {
  CHECK("execve", "no interpreter");
  say("argc %d", argc);
  T(strstr(get("/proc/self/maps"), "ld-linux") == NULL);
  CHECK("brk mmap", "memory");
  for (size_t size = 1 << 12; size <= 1 << 22; size <<= 5) {
    volatile char *memory = malloc(size);
    memory[size - 1] = 7;
    R(memory[size - 1] + memory[size / 2]);
  }
  CHECK("clone", "a child");
  reap("child", CHILD(_exit(3)));
  CHECK("readlink(/proc/self/exe)", "its own path");
  char exe[4096] = {0};
  NEED(readlink("/proc/self/exe", exe, sizeof exe - 1));
  T(strcmp(exe, realpath(self, NULL)) == 0);
  CHECK("clock_gettime", "without the vdso");
  struct timespec now;
  R(clock_gettime(CLOCK_MONOTONIC, &now));
  return 3;
}
