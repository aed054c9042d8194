// timeout: 60
// tags: races
// Many small round trips between two processes, and a few hundred forks.
#include "case.h"

int main(void) {
  int to[2], from[2];
  NEED(pipe(to));
  NEED(pipe(from));
  pid_t child = CHILD({
    close(to[1]);
    int value;
    while (read(to[0], &value, 4) == 4) {
      value++;
      NEED(write(from[1], &value, 4));
    }
    _exit(3);
  });
  CHECK("read write", "5000 round trips between processes");
  int value = 0;
  for (int i = 0; i < 5000; i++) {
    NEED(write(to[1], &value, 4));
    if (read(from[0], &value, 4) != 4) return 1;
  }
  R(value);
  close(to[1]);
  reap("echo", child);
  CHECK("clone wait4", "300 children");
  int sum = 0, status;
  for (int i = 0; i < 300; i++) {
    child = CHILD(_exit(i & 127));
    NEED(waitpid(child, &status, 0));
    sum += WEXITSTATUS(status);
  }
  R(sum);
  return 0;
}
