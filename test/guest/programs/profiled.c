/* Makes known numbers of calls, for the tests of --profile. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec kPause = {0, 50000000};
static volatile sig_atomic_t handled;

static void repeat(long nr, int times) {
  for (int i = 0; i < times; i++) syscall(nr, 0, 0, 0);
}

static void calls(const char *self) {
  char buf[100];
  struct timespec ts;
  int fd = open(self, O_RDONLY), ends[2];
  repeat(SYS_getppid, 1000);
  for (int i = 0; i < 500; i++) pread(fd, buf, sizeof buf, 0);
  for (int i = 0; i < 200; i++) syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
  for (int i = 0; i < 7; i++) close(99);
  for (int i = 0; i < 3; i++) open("/no/such/file", O_RDONLY);
  for (int i = 0; i < 4; i++) syscall(SYS_mprotect, 1, 1, 0);
  for (int i = 0; i < 2; i++) syscall(100000 + i);
  poll(NULL, 0, 50); /* ends by the sentry's clock, whatever the sampling profiler interrupts */
  if (pipe(ends) != 0) exit(1);
  if (syscall(SYS_fork) == 0) {
    syscall(SYS_nanosleep, &kPause, NULL);
    write(ends[1], "x", 1);
    _exit(0);
  }
  read(ends[0], buf, 1);
  wait(NULL);
}

static void *thread(void *unused) {
  repeat(SYS_getpid, 100);
  repeat(SYS_sched_yield, 50);
  return unused;
}

static void threads(void) {
  pthread_t t[16];
  for (int i = 0; i < 16; i++) pthread_create(&t[i], NULL, thread, NULL);
  for (int i = 0; i < 16; i++) pthread_join(t[i], NULL);
  for (int i = 0; i < 20; i++) {
    if (fork() == 0) {
      repeat(SYS_getppid, 10);
      repeat(SYS_sched_yield, 10);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) {
  }
}

static void on_alarm(int sig) {
  (void)sig;
  handled++;
}

/* Signals in the middle of native calls; each of those must go on to its end, and be seen once. */
static void signals(void) {
  struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
  struct itimerval every = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
  sigaction(SIGALRM, &sa, NULL);
  setitimer(ITIMER_REAL, &every, NULL);
  int yields = 0;
  while (handled < 100) {
    syscall(SYS_sched_yield);
    yields++;
  }
  int interrupted = 0;
  while (handled < 130) interrupted += syscall(SYS_nanosleep, &kPause, NULL) < 0 && errno == EINTR;
  setitimer(ITIMER_REAL, &never, NULL);
  printf("%d %d %d\n", (int)handled, yields, interrupted);
}

static char *child_argv[] = {"child", "child", NULL};
static const char *own_path;

static void *exec_thread(void *unused) {
  usleep(20000);
  execv(own_path, child_argv);
  return unused;
}

/* New programs: from vfork, and from a thread that is not the leader while the leader sleeps in a native call. */
static void programs(void) {
  for (int i = 0; i < 5; i++) {
    if (vfork() == 0) {
      execv(own_path, child_argv);
      _exit(1);
    }
    wait(NULL);
  }
  pthread_t t;
  pthread_create(&t, NULL, exec_thread, NULL);
  pthread_join(t, NULL);
  _exit(1);
}

/* Ends while a child waits in the sentry and another one in the host kernel. */
static void unfinished(void) {
  int ends[2];
  char byte;
  if (pipe(ends) != 0) exit(1);
  if (fork() == 0) {
    read(ends[0], &byte, 1);
    _exit(0);
  }
  if (fork() == 0) {
    pause();
    _exit(0);
  }
  syscall(SYS_nanosleep, &kPause, NULL);
  raise(SIGKILL);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  own_path = "/proc/self/exe";
  if (strcmp(what, "calls") == 0) calls(argv[0]);
  if (strcmp(what, "threads") == 0) threads();
  if (strcmp(what, "signals") == 0) signals();
  if (strcmp(what, "programs") == 0) programs();
  if (strcmp(what, "unfinished") == 0) unfinished();
  if (strcmp(what, "child") == 0) repeat(SYS_getppid, 10);
  return 0;
}
