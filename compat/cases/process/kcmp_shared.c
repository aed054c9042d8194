// covers: kcmp clone
// What tasks share, as kcmp(2) tells.
#include "case.h"

#include <linux/kcmp.h>
#include <linux/sched.h>

static char stack[65536] __attribute__((aligned(16)));
static int body(void *unused UNUSED) {
  sleep_ms(2000);
  return 0;
}
static void show(int flags) {
  int child = NEED(clone(body, stack + sizeof stack, flags | SIGCHLD, NULL));
  const int types[] = {KCMP_VM, KCMP_FILES, KCMP_FS, KCMP_SIGHAND, KCMP_IO, KCMP_SYSVSEM};
  for (unsigned i = 0; i < sizeof types / sizeof *types; i++) {
    long r = syscall(SYS_kcmp, getpid(), child, types[i], 0, 0);
    say("type %d: %s", types[i], r == 0 ? "same" : r > 0 ? "different" : errno_name(errno));
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}
int main(void) {
  CHECK("kcmp(KCMP_VM, KCMP_SIGHAND, KCMP_IO, KCMP_SYSVSEM)", "a fork shares nothing");
  show(0);
  CHECK("kcmp(KCMP_VM, KCMP_SIGHAND)", "memory and handlers may be shared");
  show(CLONE_VM);
  show(CLONE_VM | CLONE_SIGHAND | CLONE_FILES | CLONE_FS | CLONE_SYSVSEM);
  CHECK("kcmp", "errors");
  R(syscall(SYS_kcmp, getpid(), getpid(), -1, 0, 0));
  R(syscall(SYS_kcmp, getpid(), getpid(), 100, 0, 0));
  R(syscall(SYS_kcmp, getpid(), 0x3fffffff, KCMP_VM, 0, 0));
  return 0;
}
