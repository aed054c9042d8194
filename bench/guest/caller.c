// Calls about the caller itself: who it is, its clock, its signals, its descriptors.
#include "micro.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

static int file_fd = -1;
static volatile sig_atomic_t signals_seen;

static int set_up_file(void) {
  file_fd = open(self, O_RDONLY | O_CLOEXEC);
  return file_fd < 0 ? -1 : 0;
}

static int op_getppid(void) {
  return syscall(SYS_getppid) >= 0 ? 0 : -1;
}

static int op_getpid(void) {
  return syscall(SYS_getpid) > 0 ? 0 : -1;
}

static int op_gettid(void) {
  return syscall(SYS_gettid) > 0 ? 0 : -1;
}

static int op_getcwd(void) {
  return syscall(SYS_getcwd, buffer, PAGE) > 1 && buffer[0] == '/' ? 0 : -1;
}

static int op_clock_gettime(void) {
  struct timespec now;
  return clock_gettime(CLOCK_MONOTONIC, &now);  // libc's, hence the vDSO's where there is one
}

static int op_sched_yield(void) {
  return sched_yield();
}

static int op_sigprocmask(void) {
  static const unsigned long none = 0;
  unsigned long old;
  return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, &old, sizeof old);
}

static void on_signal(int signal) {
  (void)signal;
  signals_seen++;
}

static int set_up_signal(void) {
  struct sigaction action = {.sa_handler = on_signal};
  return sigaction(SIGUSR1, &action, NULL);
}

// POSIX: a signal to oneself that is not blocked has been handled when kill returns.
static int op_kill_self(void) {
  sig_atomic_t before = signals_seen;
  if (kill(getpid(), SIGUSR1) != 0) return -1;
  return signals_seen != before ? 0 : unexpected();
}

static int op_dup_close(void) {
  long fd = syscall(SYS_dup, file_fd);
  return fd >= 0 && syscall(SYS_close, fd) == 0 ? 0 : -1;
}

static int op_fcntl_getfl(void) {
  return syscall(SYS_fcntl, file_fd, F_GETFL) >= 0 ? 0 : -1;
}

static int op_lseek(void) {
  return syscall(SYS_lseek, file_fd, PAGE, SEEK_SET) == PAGE ? 0 : -1;
}

static int op_fstat(void) {
  struct stat st;
  if (syscall(SYS_fstat, file_fd, &st) != 0) return -1;
  return S_ISREG(st.st_mode) ? 0 : unexpected();
}

const struct row caller_rows[] = {
    {"getppid", NULL, op_getppid, NULL},
    {"getpid", NULL, op_getpid, NULL},
    {"gettid", NULL, op_gettid, NULL},
    {"getcwd", NULL, op_getcwd, NULL},
    {"clock_gettime", NULL, op_clock_gettime, NULL},
    {"sched_yield", NULL, op_sched_yield, NULL},
    {"sigprocmask", NULL, op_sigprocmask, NULL},
    {"kill-self", set_up_signal, op_kill_self, NULL},
    {"dup-close", set_up_file, op_dup_close, NULL},
    {"fcntl-getfl", set_up_file, op_fcntl_getfl, NULL},
    {"lseek", set_up_file, op_lseek, NULL},
    {"fstat", set_up_file, op_fstat, NULL},
    {NULL, NULL, NULL, NULL},
};
