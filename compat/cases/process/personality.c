// covers: personality uname select
// What personalities change, and who inherits them.
#include "case.h"

#include <sys/personality.h>
#include <sys/utsname.h>

static unsigned long stack_of(const char *how) {
  int ends[2];
  NEED(pipe(ends));
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    execl(self, self, "@stack", how, (char *)NULL);
    _exit(1);
  }
  close(ends[1]);
  char text[64] = "";
  NEED(read(ends[0], text, sizeof text - 1));
  close(ends[0]);
  waitpid(child, NULL, 0);
  return strtoul(text, NULL, 16);
}
int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "@stack") == 0) {
    int here;
    say("%lx", (unsigned long)(strcmp(argv[2], "stack") == 0 ? (void *)&here : (void *)main));
    return 0;
  }
  struct utsname name;
  CHECK("personality", "begins as PER_LINUX and can be asked for");
  R(personality(0xffffffff));
  CHECK("personality uname", "PER_LINUX32 changes the machine");
  R(personality(PER_LINUX32));
  NEED(uname(&name));
  say("%s", name.machine);
  R(personality(0xffffffff));
  CHECK("personality uname", "UNAME26 gives a release of 2.6");
  R(personality(UNAME26));
  NEED(uname(&name));
  T(strncmp(name.release, "2.6.", 4) == 0);
  CHECK("personality", "goes to children, and not to the parent");
  personality(PER_BSD);
  pid_t child = CHILD({
    R(personality(0xffffffff));
    personality(PER_LINUX);
  });
  reap("child", child);
  R(personality(0xffffffff));
  CHECK("personality", "is shown in /proc/self/personality");
  say("%s", get("/proc/self/personality"));
  CHECK("personality select", "STICKY_TIMEOUTS leaves select's timeout alone");
  personality(STICKY_TIMEOUTS);
  struct timeval timeout = {0, 30000};
  R(syscall(SYS_select, 0, NULL, NULL, NULL, &timeout));
  say("%ld", (long)timeout.tv_usec);
  personality(PER_LINUX);
  R(syscall(SYS_select, 0, NULL, NULL, NULL, &timeout));
  say("%ld", (long)timeout.tv_usec);
  CHECK("personality execve", "ADDR_NO_RANDOMIZE puts a program always at the same place");
  personality(ADDR_NO_RANDOMIZE);
  T(stack_of("stack") == stack_of("stack"));
  T(stack_of("text") == stack_of("text"));
  return 0;
}
