/* What the hostile guests share: raw system calls, children with a time limit, and the proof of life at the end. */
#ifndef GUEST_H
#define GUEST_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

/* A raw call. A child that the call itself makes (it sees 0 from a number of the fork family) exits at once. */
static long UNUSED raw(long number, const long args[6]) {
  long result;
  register long r10 __asm__("r10") = args[3];
  register long r8 __asm__("r8") = args[4];
  register long r9 __asm__("r9") = args[5];
  long made = number == SYS_fork || number == SYS_vfork || number == SYS_clone || number == SYS_clone3;
  __asm__ volatile(
      "syscall\n"
      "testq %[made], %[made]\n"
      "jz 1f\n"
      "testq %%rax, %%rax\n"
      "jnz 1f\n"
      "movl $60, %%eax\n"
      "xorl %%edi, %%edi\n"
      "syscall\n"
      "1:\n"
      : "=a"(result)
      : "a"(number), "D"(args[0]), "S"(args[1]), "d"(args[2]), "r"(r10), "r"(r8), "r"(r9), [made] "r"(made)
      : "rcx", "r11", "memory");
  return result;
}

static long long UNUSED milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Wait for a child at most so long, then kill it. Returns 1 when it had to be killed. */
static int UNUSED reap_within(pid_t child, int limit_ms, int *status) {
  long long limit = milliseconds() + limit_ms;
  while (milliseconds() < limit) {
    if (waitpid(child, status, WNOHANG) == child) return 0;
    usleep(500);
  }
  kill(child, SIGKILL);
  waitpid(child, status, 0);
  return 1;
}

/* Files, processes and programs still work. */
static int UNUSED still_alive(void) {
  int status = -1;
  char text[16] = "";
  fflush(stdout);
  int fd = open("alive", O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || write(fd, "yes", 3) != 3 || pread(fd, text, 3, 0) != 3 || memcmp(text, "yes", 3) != 0)
    return 1;
  close(fd);
  pid_t child = fork();
  if (child == 0) {
    execl("/bin/echo", "echo", "alive", NULL);
    _exit(1);
  }
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 2;
  return 0;
}

static void UNUSED work_directory(void) {
  char directory[] = "/tmp/hostile.XXXXXX";
  if (!mkdtemp(directory) || chdir(directory)) exit(99);
}
#endif
