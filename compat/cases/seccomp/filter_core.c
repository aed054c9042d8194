// covers: wait4
// Whether a process that its filter ends leaves a core file, and what wait says.
#include "seccomp.h"

static void ends(const char *label, unsigned action, rlim_t limit) {
  pid_t child = CHILD({
    struct rlimit core = {limit, RLIM_INFINITY};
    NEED(setrlimit(RLIMIT_CORE, &core));
    no_new_privileges();
    NEED(ADD(0, ONE(SYS_getppid, action)));
    syscall(SYS_getppid);
  });
  int status;
  NEED(waitpid(child, &status, 0));
  say("%s: SIG%s, core %d, file %s", label, sigabbrev_np(WTERMSIG(status)), WCOREDUMP(status) != 0,
      unlink("core") == 0 ? "yes" : "no");
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "with room for a core file");
  ends("process", SECCOMP_RET_KILL_PROCESS, RLIM_INFINITY);
  ends("thread", SECCOMP_RET_KILL_THREAD, RLIM_INFINITY);
  ends("trap", SECCOMP_RET_TRAP, RLIM_INFINITY);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "without");
  ends("process", SECCOMP_RET_KILL_PROCESS, 0);
  ends("thread", SECCOMP_RET_KILL_THREAD, 0);
  ends("trap", SECCOMP_RET_TRAP, 0);
  return 0;
}
