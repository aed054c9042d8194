// flags: -static
// covers: execve brk
// A statically linked program: no interpreter, and proc says so.
#include "case.h"

int main(int argc, char **argv) {
  say("argc %d", argc);
  T(strstr(get("/proc/self/maps"), "ld-linux") == NULL);
  void *memory = malloc(1 << 22);
  memset(memory, 1, 1 << 22);
  free(memory);
  reap("child", CHILD(_exit(3)));
  char exe[4096] = {0};
  NEED(readlink("/proc/self/exe", exe, sizeof exe - 1));
  T(strcmp(exe, realpath(self, NULL)) == 0);
  struct timespec now;
  R(clock_gettime(CLOCK_MONOTONIC, &now));
  return 3;
}
