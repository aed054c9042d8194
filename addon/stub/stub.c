/* The stub: the host process that stands for a guest process of the runtime (a container's first one, or one of exec). Engines
 * wait for it, signal it, and look at a container through its namespaces; no guest code runs in it.
 *
 *   stub run               follows the plan at PLAN_FD: enters and makes namespaces, mounts, then watches (guard.c)
 *   stub detach COUNT PROGRAM.. starts a program without parent, terminal or session of the caller's (the sentry)
 *   stub reap              the reaper of a room (addon/platform/room.cc)
 *   stub enter FLAGS DIRECTORY PROGRAM.. runs a program in namespaces of the process whose pidfd is descriptor 3 (hooks)
 *
 * Freestanding: no C library, so that it takes a few pages of memory. */
#include <asm/resource.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/sched.h>

#include "plan.h"
#include "sys.h"

/* The compiler may make calls of these. */
void *memset(void *to, int byte, size_t n) {
  volatile char *p = to;
  while (n-- > 0) *p++ = (char)byte;
  return to;
}

void *memcpy(void *to, const void *from, size_t n) {
  volatile char *p = to;
  const char *q = from;
  while (n-- > 0) *p++ = *q++;
  return to;
}

static int g_report = REPORT_FD;

static void report(const struct text *t) {
  SYS6(__NR_sendto, g_report, t->bytes, t->used, 0x4000 /* MSG_NOSIGNAL */, 0, 0);
}

static void report_error(char kind, long error, const char *what, const char *about) {
  struct text t = {0};
  t.bytes[t.used++] = kind;
  put_number(&t, -error);
  put(&t, " ");
  put(&t, what);
  if (about != NULL && *about != '\0') {
    put(&t, " ");
    put(&t, about);
  }
  report(&t);
}

void report_number(char kind, long value) {
  struct text t = {0};
  t.bytes[t.used++] = kind;
  put_number(&t, value);
  report(&t);
}

void warn(long error, const char *what, const char *about) {
  report_error('w', error, what, about);
}

_Noreturn void fail(long error, const char *what, const char *about) {
  report_error('e', error, what, about);
  quit(1);
}

/* Until the caller says go; without a caller nobody needs this process. */
static void await_go(void) {
  char go;
  if (SYS3(__NR_read, REPORT_FD, &go, 1) != 1) quit(1);
}

/* A child of this process's parent: with a pid namespace joined before, its pid is one of that namespace too. */
static void fork_sibling(void) {
  const long pid = SYS5(__NR_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (pid < 0) fail(pid, "start a process in the sandbox's pid namespace", "");
  if (pid == 0) {
    SYS1(__NR_setsid, 0);
    return;
  }
  report_number('p', pid);
  quit(0);
}

/* The controlling terminal: from now on its signals and changes of its window come here. */
static void take_terminal(int fd) {
  const long r = SYS3(__NR_ioctl, fd, 0x540e /* TIOCSCTTY */, 0);
  if (r < 0) fail(r, "take the terminal", "");
  SYS1(__NR_close, fd);
}

struct plan {
  const char *at, *end;
};

static const char *word(struct plan *p) {
  const char *w = p->at;
  while (p->at < p->end && *p->at != '\0') p->at++;
  if (p->at >= p->end) fail(-22, "read the plan", "");
  p->at++;
  return w;
}

/* One step of the plan; src/runtime/stub-plan.ts says what each means. */
static void step(struct plan *p, const char *name) {
  if (same(name, "join")) {
    const int fd = (int)number(word(p));
    join_namespace(fd, number(word(p)));
  } else if (same(name, "unshare")) {
    leave_for(number(word(p)));
  } else if (same(name, "fork")) {
    fork_sibling();
  } else if (same(name, "report")) {
    report_number(*word(p), 0);
    await_go();
  } else if (same(name, "hostname")) {
    const char *w = word(p);
    const long r = SYS2(__NR_sethostname, w, length(w));
    if (r < 0) fail(r, "set the host name", w);
  } else if (same(name, "domainname")) {
    const char *w = word(p);
    const long r = SYS2(__NR_setdomainname, w, length(w));
    if (r < 0) fail(r, "set the domain name", w);
  } else if (same(name, "loopback")) {
    loopback_up();
  } else if (same(name, "oom")) {
    write_own("/proc/self/oom_score_adj", word(p));
  } else if (same(name, "setting")) {
    const char *path = word(p);
    write_own(path, word(p));
  } else if (same(name, "root")) {
    take_root(word(p));
  } else if (same(name, "bind")) {
    const char *destination = word(p), *source = word(p);
    mount_bind(destination, source, word(p));
  } else if (same(name, "mount")) {
    const char *destination = word(p), *type = word(p), *flags = word(p);
    mount_new(destination, type, flags, word(p));
  } else if (same(name, "seal")) {
    seal(word(p));
  } else if (same(name, "pivot")) {
    pivot();
  } else if (same(name, "terminal")) {
    take_terminal((int)number(word(p)));
  } else {
    fail(-22, "read the plan: step", name);
  }
}

static void reset_signals(void) {
  const uint64_t by_default[4] = {0}; /* struct kernel_sigaction: SIG_DFL */
  const uint64_t none = 0;
  for (long sig = 1; sig <= 64; sig++) SYS4(__NR_rt_sigaction, sig, by_default, 0, 8);
  SYS4(__NR_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
}

_Noreturn static void run(void) {
  struct plan p;
  const long size = SYS3(__NR_lseek, PLAN_FD, 0, 2 /* SEEK_END */);
  if (size <= 0) fail(-22, "read the plan", "");
  const long at = SYS6(__NR_mmap, 0, size, PROT_READ, MAP_PRIVATE, PLAN_FD, 0);
  if (at < 0) fail(at, "read the plan", "");
  p.at = (const char *)at;
  p.end = p.at + size;
  while (p.at < p.end) step(&p, word(&p));
  SYS2(__NR_munmap, at, size);
  guard();
}

/* Many open files: pods have one sentry. Beyond the hard limit there is nothing to be had. */
static void raise_files(void) {
  uint64_t limit[2];
  if (SYS4(__NR_prlimit64, 0, RLIMIT_NOFILE, 0, limit) < 0) return;
  limit[0] = limit[1];
  SYS4(__NR_prlimit64, 0, RLIMIT_NOFILE, limit, 0);
}

/* The first COUNT descriptors are the program's, the next is the caller's socket. */
_Noreturn static void detach(char **argv, char **envp) {
  SYS1(__NR_setsid, 0);
  SYS1(__NR_chdir, "/");
  SYS1(__NR_umask, 022);
  g_report = (int)number(*argv++);
  SYS3(__NR_fcntl, g_report, F_SETFD, FD_CLOEXEC);
  SYS3(__NR_close_range, g_report + 1, ~0U, 0);
  const long pid = SYS5(__NR_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid < 0) fail(pid, "start", argv[0]);
  if (pid > 0) {
    report_number('p', pid);
    quit(0);
  }
  raise_files();
  fail(SYS3(__NR_execve, argv[0], argv, envp), "execute", argv[0]);
}

_Noreturn static void enter(char **argv, char **envp) {
  join_namespace(3, number(argv[0]));
  /* Where the directory is not to be seen from there, the root is as good. */
  if (SYS1(__NR_chdir, argv[1]) < 0) SYS1(__NR_chdir, "/");
  SYS3(__NR_close_range, 3, ~0U, 0);
  const long error = SYS3(__NR_execve, argv[2], argv + 3, envp);
  quit(error == -2 ? 127 : 126);
}

_Noreturn __attribute__((used)) void stub_main(long *stack) {
  const long argc = stack[0];
  char **argv = (char **)(stack + 1), **envp = argv + argc + 1;
  if (argc == 2 && same(argv[1], "reap")) reap();
  SYS5(__NR_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
  SYS5(__NR_prctl, PR_SET_NAME, "tvisor-stub", 0, 0, 0);
  reset_signals();
  if (argc == 2 && same(argv[1], "run")) run();
  if (argc >= 3 && same(argv[1], "detach")) detach(argv + 2, envp);
  if (argc >= 6 && same(argv[1], "enter")) enter(argv + 2, envp);
  quit(2);
}

__asm__(
    ".globl _start\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  mov %rsp, %rdi\n"
    "  and $-16, %rsp\n"
    "  call stub_main\n");
