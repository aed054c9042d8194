// micro ROW ITERATIONS: runs one operation in a loop and prints nanoseconds per operation, as one number.
//
// The loop and the clock are inside the guest, so that starting a sandbox is no part of the figure. System
// calls are made by number where libc would choose another call or answer by itself. Every operation checks
// its own result: a call that fails ends the program with a message and status 1, so that no failure is
// ever counted as a fast call. `micro exit0` does nothing: it is the static program that the row fork-exec
// starts.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HIT_PATH "/etc/passwd"
#define MISS_PATH "/etc/missing-on-purpose"
#define WRITE_PATH "/tmp/tvisor-bench-XXXXXX"

enum { PAGE = 4096, MAP_SIZE = 64 * 1024 };

static const char *self;  // this program's file: what pread reads and fork-exec runs
static int file_fd = -1;  // opened by set_up_*
static int pipe_fd[2];    // likewise
static char buffer[64 * 1024];

// ---- set-up: returns 0, or -1 with errno ----

static int set_up_nothing(void) {
  return 0;
}

static int set_up_read(void) {
  file_fd = open(self, O_RDONLY | O_CLOEXEC);
  return file_fd < 0 ? -1 : 0;
}

static int set_up_write(void) {
  char path[] = WRITE_PATH;
  file_fd = mkstemp(path);
  if (file_fd < 0) return -1;
  unlink(path);  // may fail where the name is not real (the bare trap); nothing depends on it
  return 0;
}

static int set_up_pipe(void) {
  return pipe2(pipe_fd, O_CLOEXEC);
}

// ---- operations: return 0 when the call did what it should, else -1 ----

static int op_getppid(void) {
  return syscall(SYS_getppid) >= 0 ? 0 : -1;
}

static int read_at_zero(size_t size) {
  return syscall(SYS_pread64, file_fd, buffer, size, 0) == (long)size ? 0 : -1;
}

static int op_pread_1(void) {
  return read_at_zero(1);
}

static int op_pread_4k(void) {
  return read_at_zero(PAGE);
}

static int op_pread_64k(void) {
  return read_at_zero(sizeof buffer);
}

static int op_pwrite_4k(void) {
  return syscall(SYS_pwrite64, file_fd, buffer, PAGE, 0) == PAGE ? 0 : -1;
}

static int op_fstat(void) {
  struct stat st;
  return syscall(SYS_fstat, file_fd, &st) == 0 && S_ISREG(st.st_mode) ? 0 : -1;
}

static int op_stat_hit(void) {
  struct stat st;
  return syscall(SYS_newfstatat, AT_FDCWD, HIT_PATH, &st, 0) == 0 && S_ISREG(st.st_mode) ? 0 : -1;
}

static int op_stat_miss(void) {
  struct stat st;
  return syscall(SYS_newfstatat, AT_FDCWD, MISS_PATH, &st, 0) == -1 && errno == ENOENT ? 0 : -1;
}

static int op_open_close(void) {
  long fd = syscall(SYS_openat, AT_FDCWD, HIT_PATH, O_RDONLY | O_CLOEXEC, 0);
  return fd >= 0 && syscall(SYS_close, fd) == 0 ? 0 : -1;
}

static int through_pipe(size_t size) {
  if (syscall(SYS_write, pipe_fd[1], buffer, size) != (long)size) return -1;
  return syscall(SYS_read, pipe_fd[0], buffer, size) == (long)size ? 0 : -1;
}

static int op_pipe_1(void) {
  return through_pipe(1);
}

static int op_pipe_4k(void) {
  return through_pipe(PAGE);
}

static int op_mmap(void) {
  char *p = mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return -1;
  for (int at = 0; at < MAP_SIZE; at += PAGE) ((volatile char *)p)[at] = 1;
  return munmap(p, MAP_SIZE);
}

static int op_clock_gettime(void) {
  struct timespec now;
  return clock_gettime(CLOCK_MONOTONIC, &now);  // libc's, hence the vDSO's where there is one
}

static int wait_for(pid_t pid) {
  int status;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    errno = ECHILD;
    return -1;
  }
  return 0;
}

static int op_fork(void) {
  pid_t pid = fork();
  if (pid == 0) _exit(0);
  return wait_for(pid);
}

static int op_fork_exec(void) {
  pid_t pid = fork();
  if (pid == 0) {
    execl(self, self, "exit0", (char *)NULL);
    _exit(127);
  }
  return wait_for(pid);
}

static const struct row {
  const char *name;
  int (*set_up)(void);
  int (*operation)(void);
} rows[] = {
    {"getppid", set_up_nothing, op_getppid},
    {"pread-1", set_up_read, op_pread_1},
    {"pread-4k", set_up_read, op_pread_4k},
    {"pread-64k", set_up_read, op_pread_64k},
    {"pwrite-4k", set_up_write, op_pwrite_4k},
    {"fstat", set_up_read, op_fstat},
    {"stat-hit", set_up_nothing, op_stat_hit},
    {"stat-miss", set_up_nothing, op_stat_miss},
    {"open-close", set_up_nothing, op_open_close},
    {"pipe-1", set_up_pipe, op_pipe_1},
    {"pipe-4k", set_up_pipe, op_pipe_4k},
    {"mmap", set_up_nothing, op_mmap},
    {"clock_gettime", set_up_nothing, op_clock_gettime},
    {"fork", set_up_nothing, op_fork},
    {"fork-exec", set_up_nothing, op_fork_exec},
};

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void run(const struct row *row, long times) {
  for (long i = 0; i < times; i++) {
    if (row->operation() != 0) {
      dprintf(STDERR_FILENO, "%s: %s\n", row->name, strerror(errno));
      exit(1);
    }
  }
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "exit0") == 0) return 0;
  long iterations = argc == 3 ? atol(argv[2]) : 0;
  if (iterations <= 0) {
    dprintf(STDERR_FILENO, "usage: %s ROW ITERATIONS\n", argv[0]);
    return 2;
  }
  self = argv[0];
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct row *row = &rows[i];
    if (strcmp(row->name, argv[1]) != 0) continue;
    if (row->set_up() != 0) {
      dprintf(STDERR_FILENO, "%s: set-up: %s\n", row->name, strerror(errno));
      return 1;
    }
    run(row, iterations / 4 + 1);  // warm-up: a kernel that is compiled as it runs needs some
    double start = now_ns();
    run(row, iterations);
    dprintf(STDOUT_FILENO, "%.1f\n", (now_ns() - start) / (double)iterations);
    return 0;
  }
  dprintf(STDERR_FILENO, "%s: no such row\n", argv[1]);
  return 2;
}
