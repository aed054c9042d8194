// tags: races
// A child that has executed a program may not be moved to another group by its parent.
#include "case.h"

int main(int argc, char **argv) {
  if (argc > 1) {
    NEED(write(atoi(argv[2]), "x", 1));
    for (;;) pause();
  }
  int ready[2];
  NEED(pipe(ready));
  char number[12];
  sprintf(number, "%d", ready[1]);
  pid_t child = CHILD(execl(self, self, "@wait", number, NULL));
  NEED(read(ready[0], number, 1));
  CHECK("setpgid", "EACCES after exec");
  R(setpgid(child, child));
  R(kill(child, SIGKILL));
  reap("child", child);
  CHECK("setpgid", "ESRCH after the end");
  R(setpgid(child, child));
  CHECK("setpgid", "a grandchild and a parent");
  child = CHILD({
    pid_t inner = CHILD(for (;;) pause());
    R(setpgid(inner, inner));
    R(setpgid(inner, getpid()) == 0 || errno == EPERM);
    R(setpgid(getppid(), 0));
    kill(inner, SIGKILL);
    reap("inner", inner);
  });
  reap("middle", child);
  return 0;
}
