/* The reaper: pid 1 of the room's pid namespace. addon/platform/room.cc has taken everything from it but a socket to the sentry. */
#include <asm/signal.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/wait.h>

#include "guard.h"
#include "plan.h"
#include "sys.h"

enum { SENTRY = 2 };

static void confine(void) {
  struct sock_filter program[] = {
      ONLY_X86_64,
      ALLOW(__NR_read),
      ALLOW(__NR_wait4),
      ALLOW(__NR_restart_syscall),
      ALLOW(__NR_exit_group),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog prog = {sizeof program / sizeof *program, program};
  /* Where the host refuses it, it refuses the guests' filter too: that error is the one to be told, and no guest will run. Ending here
   * would end the namespace before it is. */
  SYS3(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &prog);
}

/* Told a pid, collects that zombie; at the end of the socket the sentry is gone and the whole namespace ends. */
_Noreturn void reap(void) {
  /* Once more: a change of program may have undone them. */
  SYS5(__NR_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  SYS5(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  SYS5(__NR_prctl, PR_SET_NAME, "tvisor-reaper", 0, 0, 0);
  SYS3(__NR_close_range, 0, SENTRY - 1, 0);
  SYS3(__NR_close_range, SENTRY + 1, ~0U, 0);
  confine();
  int32_t pid;
  long n;
  while ((n = SYS3(__NR_read, SENTRY, &pid, sizeof pid)) == sizeof pid || n == -4 /* EINTR */) {
    if (n < 0) continue;
    while (SYS4(__NR_wait4, pid, 0, __WALL, 0) == -4 /* EINTR */) {
    }
  }
  quit(0);
}
