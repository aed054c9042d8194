/*
 * What every case includes: the system's headers and a few ways of printing what was seen.
 *
 * A case starts in a directory of its own (made below the working directory), with umask 022 and no core files. It runs
 * natively and in the sandbox; both must print the same, so print facts and comparisons, never pids, times, inode
 * numbers or addresses. Lines go out with one write each, so that processes may take turns.
 *
 * A case may execute itself as a helper: pass a first argument that begins with '@' (no directory is made then).
 */
#ifndef CASE_H
#define CASE_H
#ifndef _GNU_SOURCE
#ifdef _FEATURES_H
#error \
    "case.h comes before the headers of the system, which without _GNU_SOURCE declare less than a case uses"
#endif
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

/* The program's own path. */
static const char *self UNUSED;

/* One line on standard output, in one write. */
static void UNUSED __attribute__((format(printf, 1, 2))) say(const char *format, ...) {
  int saved = errno;
  char line[4096];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(line, sizeof line - 1, format, list);
  va_end(list);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  if (write(1, line, length) != length) _exit(98);
  errno = saved;
}

/*
 * Begin a check: what is printed from here to the next one (or the end) is about these calls, and is compared by itself.
 *
 *   CHECK("openat(O_CREAT|O_EXCL)", "refuses a file that exists");
 *
 * The first argument names system calls as in <sys/syscall.h>, separated by blanks, each with the flags or commands that
 * are tried in parentheses where that says more. A check that differs is held against just these calls, so keep a check
 * to the calls that it is about, not those that it needs on the way. The title is unique in the file. A file in which
 * an argument of CHECK is computed lists all its calls in a `// covers:` line too.
 */
#define CHECK(calls, title) say("@@ %s: %s", calls, title)

static const char UNUSED *errno_name(int number) {
  const char *name = strerrorname_np(number);
  return name ? name : "E?";
}

static long UNUSED case_result(const char *text, long value) {
  if (value == -1)
    say("%s = -1 %s", text, errno_name(errno));
  else
    say("%s = %ld", text, value);
  return value;
}

static long UNUSED case_ok(const char *text, long value) {
  if (value == -1)
    say("%s: %s", text, errno_name(errno));
  else
    say("%s: ok", text);
  return value;
}

static long UNUSED case_need(const char *text, long value) {
  if (value == -1) {
    say("cannot go on: %s: %s", text, errno_name(errno));
    _exit(99);
  }
  return value;
}

/* R: print a call with its value or error. OK: without the value. NEED: silent, but it must succeed. T: a condition. */
#define R(call) case_result(#call, (long)(call))
#define OK(call) case_ok(#call, (long)(call))
#define NEED(call) case_need(#call, (long)(call))
#define T(condition) say("%s: %s", #condition, (condition) ? "yes" : "no")

/*
 * Begin a check of a call with bad pointers: the expression, which names `bad`, is printed for addresses that no process
 * has, and for the first `count` of them. The fifth may be read, not written.
 */
#define BAD_POINTERS(name, count, call)                      \
  do {                                                       \
    CHECK(name, "bad pointers in " #call);                   \
    for (int pointer_ = 0; pointer_ < (count); pointer_++) { \
      void *bad UNUSED = bad_pointer(pointer_);              \
      case_result(#call, (long)(call));                      \
    }                                                        \
  } while (0)
static void UNUSED *bad_pointer(int number) {
  static char *edge, *readonly;
  if (!edge) {
    edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    readonly = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(edge + 4096, 4096);
  }
  void *all[] = {(void *)8, (void *)-4096, (void *)0xffff800000000000UL, edge + 4096, readonly};
  return all[number];
}

/* Print what a wait status says. */
static void UNUSED say_status(const char *label, int status) {
  if (WIFEXITED(status))
    say("%s: exit %d", label, WEXITSTATUS(status));
  else if (WIFSIGNALED(status))
    say("%s: killed by SIG%s", label, sigabbrev_np(WTERMSIG(status)));
  else if (WIFSTOPPED(status))
    say("%s: stopped by SIG%s", label, sigabbrev_np(WSTOPSIG(status)));
  else if (WIFCONTINUED(status))
    say("%s: continued", label);
  else
    say("%s: status %#x", label, status);
}

/* Wait for one child, whatever signals arrive meanwhile, and print how it ended. */
static void UNUSED reap(const char *label, pid_t child) {
  int status;
  pid_t got;
  while ((got = waitpid(child, &status, 0)) == -1 && errno == EINTR) {
  }
  NEED(got);
  say_status(label, status);
}

/* Run statements in a child; the value is its pid. */
#define CHILD(...)         \
  ({                       \
    pid_t child_ = fork(); \
    if (child_ == 0) {     \
      __VA_ARGS__;         \
      _exit(0);            \
    }                      \
    (pid_t) NEED(child_);  \
  })

static void UNUSED sleep_ms(int milliseconds) {
  struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  while (nanosleep(&left, &left) == -1 && errno == EINTR) {
  }
}

static long long UNUSED now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* A one-way signal between processes: `tell` once, `await` once. */
struct gate {
  int end[2];
};
static struct gate UNUSED new_gate(void) {
  struct gate gate;
  NEED(pipe2(gate.end, O_CLOEXEC));
  return gate;
}
static void UNUSED tell(struct gate gate) {
  NEED(write(gate.end[1], "x", 1));
}
static void UNUSED await(struct gate gate) {
  char byte;
  ssize_t got;
  while ((got = read(gate.end[0], &byte, 1)) == -1 && errno == EINTR) {
  }
  NEED(got);
}

/* Write a small file with the given text. */
static void UNUSED put(const char *path, const char *text) {
  int fd = NEED(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
  NEED(write(fd, text, strlen(text)));
  close(fd);
}

/* The beginning of a file as a string; "" when it cannot be read. */
static const char UNUSED *get(const char *path) {
  static char text[65536];
  int fd = open(path, O_RDONLY);
  size_t length = 0;
  ssize_t got;
  if (fd >= 0) {
    while (length < sizeof text - 1 && (got = read(fd, text + length, sizeof text - 1 - length)) > 0)
      length += got;
    close(fd);
  }
  text[length] = 0;
  return text;
}

/*
 * What a case needs before its checks. Each is made by one of two calls, so that a system in which one of them is broken
 * fails in the checks of that call and in no others.
 */
static int UNUSED given_directory(const char *path, mode_t mode) {
  return mkdir(path, mode) == 0 ? 0 : mkdirat(AT_FDCWD, path, mode);
}
static int UNUSED given_symlink(const char *target, const char *path) {
  return symlink(target, path) == 0 ? 0 : symlinkat(target, AT_FDCWD, path);
}
static int UNUSED given_link(const char *from, const char *to) {
  return link(from, to) == 0 ? 0 : linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}
static int UNUSED given_mode(const char *path, mode_t mode) {
  return chmod(path, mode) == 0 ? 0 : fchmodat(AT_FDCWD, path, mode, 0);
}
static int UNUSED given_owner(const char *path, uid_t uid, gid_t gid) {
  return chown(path, uid, gid) == 0 ? 0 : fchownat(AT_FDCWD, path, uid, gid, 0);
}
static const char UNUSED *given_cwd(void) {
  static char path[PATH_MAX];
  if (getcwd(path, sizeof path)) return path;
  NEED(readlink("/proc/self/cwd", path, sizeof path - 1));
  return path;
}

/* Install a handler with flags; the mask is empty. */
static void UNUSED handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  NEED(sigaction(signal, &action, NULL));
}

static void __attribute__((constructor)) case_start(int argc, char **argv) {
  self = argv[0];
  struct rlimit none = {0, 0};
  getrlimit(RLIMIT_CORE, &none);
  none.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &none);
  umask(022);
  if (argc > 1 && argv[1][0] == '@') return;
  char directory[] = "case.XXXXXX";
  NEED(mkdtemp(directory) ? 0 : -1);
  NEED(chdir(directory));
}
#endif
