/*
 * What a guest can do with filters of its own (seccomp(2)) to others.
 *
 *   filters spoil SECONDS      a process writes nonsense over the filter that the host is to read, and over all around it
 *   filters random ROUNDS      processes with random filters make calls of all kinds
 *   filters heavy SECONDS      processes with the longest filters that there may be make calls all the time
 *   filters many               as many filters as there may be, held by many processes
 *   filters log PROGRAM ...    executes a program under a filter that has every call looked at and allows it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 4096, PAGE = 4096 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static unsigned state = 1;
static unsigned any(unsigned below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

static long add(struct sock_filter *program, unsigned length) {
  struct sock_fprog fprog = {(unsigned short)length, program};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, any(4) == 0 ? SECCOMP_FILTER_FLAG_TSYNC : 0, &fprog);
}

static unsigned some_result(void) {
  const unsigned results[] = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP | 3,
                              SECCOMP_RET_ERRNO,        SECCOMP_RET_ERRNO | 512, SECCOMP_RET_ERRNO | 513,
                              SECCOMP_RET_TRACE | 9,    SECCOMP_RET_USER_NOTIF,  SECCOMP_RET_LOG,
                              SECCOMP_RET_ALLOW,        SECCOMP_RET_ALLOW,       0x12345678};
  return results[any(sizeof results / sizeof *results)];
}

/* A filter that decides at random over some numbers, half of them by an argument. */
static unsigned random_filter(struct sock_filter *program) {
  unsigned n = 0;
  for (unsigned i = any(30); i > 0; i--) {
    program[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
    program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, any(460), 0, 3);
    program[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * any(16));
    program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1u << any(32), any(2), 0);
    program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, some_result());
  }
  program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, any(4) ? SECCOMP_RET_ALLOW : some_result());
  return n;
}

static void ignore(int sig) {
  (void)sig;
}

static void *in_thread(void *arg) {
  (void)arg;
  for (int i = 0; i < 20; i++) syscall(any(2) ? SYS_sched_yield : SYS_getppid);
  return NULL;
}

/* Calls of all kinds: the sentry's, the host's, and those that the tracer turns into others. */
static void calls(void) {
  struct sock_filter program[256];
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  struct sigaction action = {.sa_handler = ignore};
  if (any(2)) sigaction(SIGSYS, &action, NULL);
  pthread_t thread;
  int threads = any(2) && pthread_create(&thread, NULL, in_thread, NULL) == 0;
  for (int round = 0; round < 6; round++) {
    add(program, random_filter(program));
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    char info[sizeof(struct signalfd_siginfo)];
    int fd = signalfd(-1, &set, SFD_NONBLOCK);
    if (read(fd, info, sizeof info) < 0) errno = 0;
    close(fd);
    void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(memory, PAGE, PROT_READ);
    munmap(memory, PAGE);
    syscall(SYS_shmat, syscall(SYS_shmget, 0, PAGE, 0600 | 01000), 0, 0);
    unsigned long context = 0;
    syscall(SYS_io_setup, 4, &context);
    syscall(SYS_io_destroy, context);
    struct timespec none = {0, 0};
    syscall(SYS_rt_sigtimedwait, &set, NULL, &none, 8);
    pid_t child = fork();
    if (child == 0) {
      if (any(2)) execl("/bin/true", "true", NULL);
      _exit(0);
    }
    if (child > 0) waitpid(child, NULL, 0);
    for (int i = 0; i < 10; i++) syscall(any(460), 0, 0, 0, 0, 0, 0);
  }
  if (threads) pthread_join(thread, NULL);
}

/* Runs one round in a process of its own, for half a second at most. */
static void one_round(void (*body)(void), int milliseconds) {
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    close(1);
    close(2);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    state = state * 7 + (unsigned)getpid();
    body();
    _exit(0);
  }
  setpgid(child, child);
  for (double end = now() + milliseconds; now() < end;) {
    if (waitpid(child, NULL, WNOHANG) == child) {
      kill(-child, SIGKILL);
      return;
    }
    usleep(2000);
  }
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

/* --- nonsense where the host reads --- */

static char *writable[64];
static int writable_count;

static void *spoiler(void *arg) {
  (void)arg;
  for (;;) {
    for (int i = 0; i < writable_count; i++) {
      struct sock_filter *at = (struct sock_filter *)writable[i];
      unsigned from = any(PAGE / 8);
      for (unsigned j = from; j < from + 40 && j < PAGE / 8; j++) {
        const unsigned short codes[] = {BPF_RET | BPF_K, BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K,
                                        BPF_JMP | BPF_JA, 0xffff};
        at[j].code = codes[any(5)];
        at[j].k = any(3) ? some_result() : any(64);
      }
    }
  }
  return NULL;
}

static void spoil(void) {
  /* The name of the program lies among what the loader was told, beside where filters are put. */
  char *near = (char *)(getauxval(AT_EXECFN) & ~(PAGE - 1UL));
  int zero = open("/proc/self/stat", O_RDONLY);
  for (int page = -12; page <= 12; page++) {
    char *at = near + (long)page * PAGE;
    if (pread(zero, at, 1, 0) == 1) writable[writable_count++] = at;
  }
  if (writable_count == 0) _exit(9);
  pthread_t thread;
  pthread_create(&thread, NULL, spoiler, NULL);
  for (;;) calls();
}

/* --- */

static int heavy_filters(int count) {
  static struct sock_filter program[LONGEST];
  for (int i = 0; i < LONGEST - 1; i++)
    program[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args));
  program[LONGEST - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog fprog = {LONGEST, program};
  int done = 0;
  while (done < count && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog) == 0) done++;
  return done;
}

static void heavy(int seconds) {
  pid_t children[4];
  for (int i = 0; i < 4; i++) {
    children[i] = fork();
    if (children[i] == 0) {
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      heavy_filters(100);
      for (;;) syscall(SYS_getppid);
    }
  }
  double worst = 0;
  for (double end = now() + seconds * 1e3; now() < end; usleep(1000)) {
    double before = now();
    for (int i = 0; i < 3; i++) syscall(SYS_getppid);
    if (now() - before > worst) worst = now() - before;
  }
  for (int i = 0; i < 4; i++) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) {
  }
  printf("alive, waited %.0f ms\n", worst);
}

static int fill(pid_t *children, int limit) {
  int count = 0, full = 0;
  while (count < limit && !full) {
    int ends[2];
    if (pipe(ends) != 0) break;
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0) {
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      char enough = heavy_filters(7) == 7;
      if (write(ends[1], &enough, 1) == 1)
        for (;;) pause();
      _exit(1);
    }
    char enough = 0;
    if (read(ends[0], &enough, 1) == 1 && !enough) full = 1;
    close(ends[0]);
    close(ends[1]);
    children[count++] = child;
  }
  for (int i = 0; i < count; i++) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) {
  }
  return full ? count : -1;
}

static void many(void) {
  static pid_t children[2000];
  int first = fill(children, 2000), second = fill(children, 2000);
  printf("%s, %s\n", first > 50 ? "full" : "not full", second == first ? "and again" : "less is left");
  printf("alive\n");
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  setvbuf(stdout, NULL, _IONBF, 0);
  const int amount = argc > 2 ? atoi(argv[2]) : 0;
  if (!strcmp(argv[1], "spoil")) {
    for (double end = now() + amount * 1e3; now() < end;) one_round(spoil, 400);
    printf("alive\n");
  } else if (!strcmp(argv[1], "random")) {
    for (int i = 0; i < amount; i++) one_round(calls, 500);
    printf("alive\n");
  } else if (!strcmp(argv[1], "heavy")) {
    heavy(amount);
  } else if (!strcmp(argv[1], "many")) {
    many();
  } else if (!strcmp(argv[1], "log") && argc > 2) {
    struct sock_filter program[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG)};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (add(program, 1) != 0) return 3;
    execvp(argv[2], argv + 2);
  }
  return 0;
}
