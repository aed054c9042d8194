/*
 * badpointers NUMBER...: each of these calls, with a bad pointer in each argument, the others being of several usual
 * shapes. A child makes the calls; one that hangs or dies is replaced and goes on with the next call.
 */
#include <sys/socket.h>
#include "guest.h"

#define MAX_LOST 4

static volatile long *progress;
static long buffer_address, edge_address;

static int attempts(void) {
  return 6 * 7 * 6;
}

/* The arguments of the attempt: a usual shape with one bad value in it. */
static void arguments(int attempt, long args[6]) {
  const long bad[7] = {
      0, -1, 0x10000, (long)progress + 4096, (long)0xffff800000000000UL, edge_address, 0x7fffffffffffL};
  const long buffer = buffer_address;
  const long shapes[6][6] = {
      {3, buffer, 64, 0, 0, 0}, {buffer, buffer, 64, 0, 0, 0}, {AT_FDCWD, buffer, buffer, 0, 0, 0},
      {0, 0, 0, 0, 0, 0},       {2, buffer, buffer, 8, 0, 0},  {3, 1, 4, buffer, buffer, 8},
  };
  int position = attempt % 6, value = attempt / 6 % 7, shape = attempt / 42;
  memcpy(args, shapes[shape], sizeof shapes[shape]);
  args[position] = bad[value];
}

static void child_body(long number, int first) {
  struct itimerval timer = {.it_value = {0, 300000}};
  int pair[2];
  for (int attempt = first; attempt < attempts(); attempt++) {
    long args[6];
    progress[0] = attempt;
    arguments(attempt, args);
    /* Descriptor 3 is a file in one half of the attempts and a socket in the other. */
    if (attempt & 1)
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
    else
      dup2(open("file", O_RDWR | O_CREAT, 0644), 3);
    strcpy((char *)buffer_address, "name");
    syscall(SYS_setitimer, ITIMER_REAL, &timer, NULL);
    raw(number, args);
    syscall(SYS_close_range, 3, ~0U, 0);
  }
  progress[0] = attempts();
  syscall(SYS_exit_group, 0);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  work_directory();
  /* A writable page of results, then one that can only be read. */
  progress = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  mprotect((char *)progress + 4096, 4096, PROT_READ);
  buffer_address = (long)mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  edge_address = buffer_address + 4096 - 3;
  munmap((void *)(buffer_address + 4096), 4096);
  for (int i = 1; i < argc; i++) {
    int first = 0, lost = 0, status;
    while (first < attempts() && lost < MAX_LOST) {
      pid_t child = fork();
      if (child < 0) {
        printf("fork: %s\n", strerror(errno));
        return 3;
      }
      if (child == 0) {
        setpgid(0, 0);
        child_body(atol(argv[i]), first);
      }
      int hung = reap_within(child, 2000, &status);
      kill(-child, SIGKILL);
      if (!hung && WIFEXITED(status) && progress[0] >= attempts()) break;
      lost++;
      first = progress[0] + 1;
    }
    while (waitpid(-1, &status, WNOHANG) > 0) {
    }
    printf("call %s tried\n", argv[i]);
  }
  return still_alive();
}
