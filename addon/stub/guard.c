/* What a stub does for the rest of its life: tells the sentry of every signal it gets, and ends as the sentry says. */
#include <asm/signal.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/seccomp.h>

#include "guard.h"
#include "plan.h"
#include "sys.h"

/* Where the two descriptors lie in the end. */
enum { LINK = 0, SIGNALS = 1 };

static void drop_privileges(void) {
  for (long cap = 0; cap < 64; cap++)
    if (SYS5(__NR_prctl, PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) break;
  SYS5(__NR_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0}};
  long r = SYS2(__NR_capset, &header, none);
  if (r < 0) fail(r, "give up privileges", "");
  r = SYS5(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (r < 0) fail(r, "give up privileges", "");
  SYS5(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* The calls of this file, and signals to nobody but itself. */
static void confine(long self) {
  struct sock_filter program[] = {
      ONLY_X86_64,
      ALLOW(__NR_poll),
      ALLOW(__NR_read),
      ALLOW(__NR_sendto),
      ALLOW(__NR_close),
      ALLOW(__NR_restart_syscall),
      ALLOW(__NR_rt_sigprocmask),
      ALLOW(__NR_exit_group),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_kill, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)self, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog prog = {sizeof program / sizeof *program, program};
  const long r = SYS3(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &prog);
  if (r < 0) fail(r, "install the seccomp filter", "");
}

/* Ends with a wait status: what a signal has ended is ended by that signal, without a core. */
_Noreturn static void end(long self, int32_t status) {
  const int sig = status & 0x7f;
  if (sig == 0) quit(status >> 8 & 0xff);
  if (sig > 64) quit(128 + SIGKILL);
  const uint64_t mask = ~(1ul << (sig - 1));
  SYS4(__NR_rt_sigprocmask, SIG_SETMASK, &mask, 0, 8);
  SYS2(__NR_kill, self, sig);
  quit(128 + sig);
}

/* Four bytes, however they come. At the sentry's end there is nobody left to speak for. */
static void receive(long self) {
  static int32_t status;
  static size_t got;
  const long n = SYS3(__NR_read, LINK, (char *)&status + got, sizeof status - got);
  if (n == -4 /* EINTR */ || n == -11 /* EAGAIN */) return;
  if (n <= 0) end(self, SIGKILL);
  got += (size_t)n;
  if (got == sizeof status) end(self, status);
}

_Noreturn void guard(void) {
  const long self = SYS1(__NR_getpid, 0);
  const uint64_t all = ~0ul;
  const uint64_t no_core[2] = {0, 0};
  SYS4(__NR_rt_sigprocmask, SIG_SETMASK, &all, 0, 8);
  SYS4(__NR_prlimit64, 0, 4 /* RLIMIT_CORE */, no_core, 0);
  SYS3(__NR_dup3, LINK_FD, LINK, 0);
  const long signals = SYS4(__NR_signalfd4, -1, &all, 8, 0);
  if (signals < 0) fail(signals, "signalfd", "");
  if (signals != SIGNALS) {
    SYS3(__NR_dup3, signals, SIGNALS, 0);
    SYS1(__NR_close, signals);
  }
  SYS1(__NR_close, 2);
  SYS3(__NR_close_range, REPORT_FD + 1, ~0U, 0);
  drop_privileges();
  confine(self);
  report_number('d', 0);
  SYS1(__NR_close, REPORT_FD);
  /* A signal that the link had no room for: until it has, no other is taken. */
  int32_t untold = 0;
  for (;;) {
    struct pollfd fds[2] = {{LINK, untold == 0 ? POLLIN : POLLIN | POLLOUT, 0},
                            {untold == 0 ? SIGNALS : -1, POLLIN, 0}};
    if (SYS3(__NR_poll, fds, 2, -1) <= 0) continue;
    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) receive(self);
    if (fds[1].revents & POLLIN) {
      uint32_t info[32]; /* struct signalfd_siginfo: the number comes first */
      if (SYS3(__NR_read, SIGNALS, info, sizeof info) == sizeof info) untold = (int32_t)info[0];
    }
    if (untold != 0) {
      const long n =
          SYS6(__NR_sendto, LINK, &untold, sizeof untold, 0x4040 /* MSG_NOSIGNAL, DONTWAIT */, 0, 0);
      if (n != -11 /* EAGAIN */) untold = 0;
    }
  }
}
