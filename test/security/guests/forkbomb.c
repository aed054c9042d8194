/*
 * forkbomb LIMIT: processes that fork as long as they can, in a group of their own. LIMIT 0: only the sandbox's own limit
 * holds them. MAXIMUM is where this program gives up by itself.
 */
#include "guest.h"

#define MAXIMUM 12000

static volatile struct {
  int made, refused, number;
} * shared;

static void bomb(void) {
  while (!shared->refused && __atomic_fetch_add(&shared->made, 1, __ATOMIC_SEQ_CST) < MAXIMUM) {
    if (fork() < 0) {
      shared->number = errno;
      shared->refused = 1;
    }
  }
  for (;;) pause();
}

int main(int argc, char **argv) {
  int limit = argc > 1 ? atoi(argv[1]) : 0, status;
  work_directory();
  chmod(".", 0777);
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    if (limit > 0) {
      struct rlimit rlimit = {limit, limit};
      setrlimit(RLIMIT_NPROC, &rlimit);
      if (geteuid() == 0 && (setgid(54321) || setuid(1000000 + getpid()))) _exit(1);
    }
    bomb();
  }
  setpgid(child, child);
  long long end = milliseconds() + 90000;
  while (!shared->refused && shared->made < MAXIMUM && milliseconds() < end) usleep(1000);
  printf("refused: %s\n", shared->refused && shared->number == EAGAIN ? "EAGAIN" : "no");
  kill(-child, SIGKILL);
  waitpid(child, &status, 0);
  /* Those that were being born while the group was killed. */
  for (int i = 0; i < 100 && kill(-child, SIGKILL) == 0; i++) {
    usleep(10000);
    /* The first process of a sandbox inherits the orphans, and as zombies they count until it has waited for them. */
    while (waitpid(-1, &status, WNOHANG) > 0) continue;
  }
  printf("%s\n", limit == 0 || shared->made <= limit + 200 ? "bounded" : "not bounded");
  fflush(stdout);
  return still_alive();
}
