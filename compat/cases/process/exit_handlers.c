// Buffered output, atexit order, and output of children that exit differently.
#include "case.h"

static void first(void) {
  printf("first registered\n");
}
static void second(void) {
  printf("second registered\n");
}
int main(void) {
  atexit(first);
  atexit(second);
  fflush(stdout);
  CHECK("exit_group", "buffered text is written by exit, not by _exit");
  printf("no newline yet");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf(" lost by _exit");
    _exit(1);
  }
  waitpid(child, NULL, 0);
  child = fork();
  if (child == 0) exit(2);
  waitpid(child, NULL, 0);
  printf("\n");
  fflush(stdout);
  CHECK("write", "standard error is closed");
  fclose(stderr);
  errno = 0;
  fprintf(stdout, "%d\n", (int)write(2, "x", 1));
  fprintf(stdout, "%s\n", errno_name(errno));
  fflush(stdout);
  CHECK("exit_group", "registered functions, last first");
  return 256 + 7;
}
