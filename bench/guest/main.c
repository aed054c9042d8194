// micro ROW ITERATIONS [MEMORY-DIRECTORY [HOST-DIRECTORY]]: runs one operation in a loop and prints
// nanoseconds per operation: two numbers, see below.
//
// micro serve MEMORY-DIRECTORY [HOST-DIRECTORY]: does so for every line `ROW ITERATIONS` that it reads, each in
// a process of its own, and answers each with one line: the numbers, or `error: ` and why. So one sandbox can be
// asked for many rows, in turns with other sandboxes.
//
// micro exit0 does nothing: it is the static program that the row fork-exec starts.
//
// The loop and the clock are inside the guest, so that starting a sandbox is no part of the figure. The loop is timed
// in parts; the numbers are those of the median part and of the fastest. System
// calls are made by number where libc would choose another call or answer by itself. Every operation checks
// its own result: a call that fails ends the program, so that no failure is ever counted as a fast call.
#include "micro.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

const char *self, *memory_directory = "/dev/shm", *host_directory;
char buffer[64 * 1024];

enum { PARTS = 20 };

// Nanoseconds per operation.
struct time {
  double median, fastest;
};

static const struct row *const families[] = {caller_rows,  data_rows,   names_rows,  channel_rows,
                                             traffic_rows, memory_rows, process_rows};

int unexpected(void) {
  errno = EPROTO;
  return -1;
}

void name_in(char *path, const char *directory, const char *name) {
  snprintf(path, MAX_NAME, "%s/micro-%d-%s", directory, (int)getpid(), name);
}

int new_file(const char *directory) {
  if (directory == NULL) {
    errno = ENODEV;
    return -1;
  }
  char path[MAX_NAME];
  name_in(path, directory, "file");
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) unlink(path);  // may fail where the name is not real (the bare trap); nothing depends on it
  return fd;
}

static const struct row *find(const char *name) {
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
    for (const struct row *row = families[i]; row->name != NULL; row++) {
      if (strcmp(row->name, name) == 0) return row;
    }
  }
  return NULL;
}

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// Returns 0 or -1, as the operation that failed.
static int repeat(const struct row *row, long times) {
  for (long i = 0; i < times; i++) {
    if (row->operation() != 0) return -1;
  }
  return 0;
}

// Sorts a few numbers: the first is the smallest then. Returns the one in the middle.
static double sort(double *values, int count) {
  for (int i = 1; i < count; i++) {
    for (int at = i; at > 0 && values[at - 1] > values[at]; at--) {
      double larger = values[at - 1];
      values[at - 1] = values[at];
      values[at] = larger;
    }
  }
  return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

// Times the loop in parts, so that a moment in which the machine did something else spoils one part and not all.
// Returns 0 or -1.
static int time_parts(const struct row *row, long iterations, struct time *time) {
  double parts[PARTS];
  int count = iterations < PARTS ? (int)iterations : PARTS;
  for (int i = 0; i < count; i++) {
    long times = iterations * (i + 1) / count - iterations * i / count;
    double start = now_ns();
    if (repeat(row, times) != 0) return -1;
    parts[i] = (now_ns() - start) / (double)times;
  }
  time->median = sort(parts, count);
  time->fastest = parts[0];
  return 0;
}

// Returns 0, or -1 with errno.
static int measure(const struct row *row, long iterations, struct time *time) {
  if (row->set_up != NULL && row->set_up() != 0) return -1;
  // Warm-up: a kernel that is compiled as it runs needs some.
  int failed = repeat(row, iterations / 2 + 1) != 0 || time_parts(row, iterations, time) != 0;
  int error = errno;
  if (row->tear_down != NULL) row->tear_down();
  errno = error;
  return failed ? -1 : 0;
}

// Measures and prints the answer. Returns the exit status.
static int answer(const char *name, long iterations) {
  const struct row *row = find(name);
  if (row == NULL || iterations <= 0) {
    dprintf(STDOUT_FILENO, "error: %s: no such row, or not a number of iterations\n", name);
    return 2;
  }
  struct time time;
  if (measure(row, iterations, &time) != 0) {
    dprintf(STDOUT_FILENO, "error: %s: %s\n", name, strerror(errno));
    return 1;
  }
  dprintf(STDOUT_FILENO, "%.3f %.3f\n", time.median, time.fastest);
  return 0;
}

// Reads up to the newline, which becomes 0. Returns the length, or -1 at the end or when there is no room.
static int read_line(char *line, int size) {
  for (int used = 0; used < size; used++) {
    if (read(STDIN_FILENO, line + used, 1) != 1) return -1;
    if (line[used] == '\n') {
      line[used] = 0;
      return used;
    }
  }
  return -1;
}

static int serve(void) {
  char line[256], name[64];
  long iterations;
  while (read_line(line, sizeof line) >= 0) {
    if (sscanf(line, "%63s %ld", name, &iterations) != 2) return 2;
    pid_t pid = fork();
    if (pid < 0) return 1;
    if (pid == 0) _exit(answer(name, iterations));
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) return 1;
    if (WIFSIGNALED(status)) dprintf(STDOUT_FILENO, "error: killed by signal %d\n", WTERMSIG(status));
    while (waitpid(-1, NULL, WNOHANG) > 0) {
      // As pid 1 of a sandbox we are given the orphans of the rows.
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "exit0") == 0) return 0;
  self = argv[0];
  int serving = argc >= 3 && strcmp(argv[1], "serve") == 0;
  int at = serving ? 2 : 3;
  if (argc < 3 || argc > at + 2) {
    dprintf(STDERR_FILENO, "usage: %s ROW ITERATIONS [MEMORY-DIRECTORY [HOST-DIRECTORY]]\n", argv[0]);
    return 2;
  }
  if (argc > at) memory_directory = argv[at];
  if (argc > at + 1) host_directory = argv[at + 1];
  if (mkdir(memory_directory, 0700) != 0 && errno != EEXIST) {
    dprintf(STDERR_FILENO, "%s: %s\n", memory_directory, strerror(errno));
    return 1;
  }
  return serving ? serve() : answer(argv[1], atol(argv[2]));
}
