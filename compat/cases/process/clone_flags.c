// covers: clone wait4
// CLONE_VM, CLONE_FILES, CLONE_FS, and the thread-id words.
#include "case.h"

static char stack[65536] __attribute__((aligned(16)));
static volatile int value;
static pid_t parent_word, child_word;
static int body(void *argument) {
  value = 5;
  close(50);
  NEED(chdir("/"));
  umask(0);
  sleep_ms(20);
  return 7;
}
static void run(const char *label, int flags) {
  char calls[64];
  snprintf(calls, sizeof calls, flags ? "clone(%.*s)" : "clone", (int)strcspn(label, " "), label);
  CHECK(calls, label);
  value = 1, parent_word = child_word = -1;
  NEED(dup2(2, 50));
  umask(022);
  int dir = NEED(open(".", O_RDONLY | O_DIRECTORY));
  pid_t child = clone(body, stack + sizeof stack, flags | SIGCHLD, NULL, &parent_word, NULL, &child_word);
  say("clone: %s", child > 0 ? "ok" : errno_name(errno));
  if (child < 0) return;
  say("parent word %s", parent_word == child ? "set" : "not set");
  reap("child", child);
  say("value %d, fd 50 %s, cwd %s, child word %d", value, fcntl(50, F_GETFD) < 0 ? "closed" : "open",
      access("own", F_OK) == 0 ? "own" : "/",
      child_word == 0    ? 0
      : child_word == -1 ? -1
                         : 1);
  if (flags == 0 || flags == CLONE_FS) say("umask %o", umask(022));
  NEED(fchdir(dir));
  close(dir);
}
int main(void) {
  put("own", "");
  run("plain", 0);
  run("CLONE_VM", CLONE_VM);
  run("CLONE_FILES", CLONE_FILES);
  run("CLONE_FS", CLONE_FS);
  run("CLONE_PARENT_SETTID", CLONE_PARENT_SETTID);
  run("CLONE_VM|CLEARTID", CLONE_VM | CLONE_CHILD_CLEARTID);
  run("CLONE_VM|CHILD_SETTID", CLONE_VM | CLONE_CHILD_SETTID);
  run("CLONE_VM|CLONE_VFORK", CLONE_VM | CLONE_VFORK);
  run("CLONE_SIGHAND alone", CLONE_SIGHAND);
  run("CLONE_THREAD alone", CLONE_THREAD);
  CHECK("clone(CLONE_VM) wait4(__WALL)", "a child without a signal");
  pid_t child = clone(body, stack + sizeof stack, CLONE_VM, NULL);
  T(child > 0);
  R(waitpid(child, NULL, 0));
  int status;
  T(waitpid(child, &status, __WALL) == child && WEXITSTATUS(status) == 7);
  CHECK("wait4(__WCLONE)", "only children without a signal");
  child = NEED(clone(body, stack + sizeof stack, CLONE_VM, NULL));
  T(waitpid(-1, &status, __WCLONE) == child);
  return 0;
}
