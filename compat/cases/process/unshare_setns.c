// unshare of what a process shares with others, and descriptors that are no namespaces.
#include "case.h"

static int body(void *argument) {
  return unshare(*(int *)argument) == 0 && chdir("/") == 0 && close(90) == 0 ? 0 : 1;
}
int main(void) {
  static char stack[65536] __attribute__((aligned(16)));
  put("own", "");
  NEED(dup2(2, 90));
  CHECK("unshare(CLONE_FILES)", "an own table of descriptors");
  int flags = CLONE_FILES;
  reap("child", NEED(clone(body, stack + sizeof stack, CLONE_FILES | SIGCHLD, &flags)));
  R(fcntl(90, F_GETFD));
  CHECK("unshare(CLONE_FS)", "an own working directory");
  flags = CLONE_FS;
  reap("child", NEED(clone(body, stack + sizeof stack, CLONE_FS | SIGCHLD, &flags)));
  OK(access("own", F_OK));
  CHECK("unshare", "nothing, all of one's own, unknown flags");
  R(unshare(0));
  R(unshare(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM));
  R(unshare(1));
  R(unshare(CLONE_PARENT));
  R(unshare(CLONE_VM));
  R(unshare(CLONE_SIGHAND));
  R(unshare(CLONE_THREAD));
  CHECK("setns", "what is no namespace");
  R(setns(-1, 0));
  R(setns(NEED(open(".", O_RDONLY)), 0));
  return 0;
}
