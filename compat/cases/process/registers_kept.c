// A system call changes rax, rcx and r11, and nothing else; nor do signals and forks.
#include "case.h"

static volatile int got;
static void handler(int signal) {
  got++;
  __asm__ volatile("pxor %%xmm8, %%xmm8\n" ::: "xmm8");
}
static long __attribute__((noinline)) probe(long number, long a0, long a1) {
  long in[10] = {101, 102, 103, 104, 105, 106, 107, 108, 0, 0}, out[10] = {0}, result;
  double kept = 1234.5, after = 0;
  register long *input __asm__("r12") = in;
  register long *output __asm__("r13") = out;
  __asm__ volatile(
      "movq 0(%[in]), %%rdx\n movq 8(%[in]), %%r10\n movq 16(%[in]), %%r8\n movq 24(%[in]), %%r9\n"
      "movq 32(%[in]), %%r14\n movq 40(%[in]), %%r15\n movsd %[kept], %%xmm8\n"
      "syscall\n"
      "movq %%rdx, 0(%[out])\n movq %%r10, 8(%[out])\n movq %%r8, 16(%[out])\n movq %%r9, 24(%[out])\n"
      "movq %%r14, 32(%[out])\n movq %%r15, 40(%[out])\n movq %%rdi, 48(%[out])\n movq %%rsi, 56(%[out])\n"
      "movsd %%xmm8, %[after]\n"
      : "=a"(result), [after] "=m"(after), "+D"(a0), "+S"(a1)
      : "a"(number), [in] "r"(input), [out] "r"(output), [kept] "m"(kept)
      : "rcx", "r11", "rdx", "r8", "r9", "r10", "r14", "r15", "xmm8", "memory");
  bool same = out[6] == a0 && out[7] == a1 && after == kept;
  for (int i = 0; i < 6; i++) same &= in[i] == out[i];
  if (!same) say("call %ld changed a register", number);
  return result;
}
int main(void) {
  CHECK("getpid getppid close", "calls keep all registers");
  T(probe(SYS_getpid, 1, 2) == getpid());
  T(probe(SYS_getppid, 1, 2) == getppid());
  R(probe(999, 3, 4));
  R(probe(SYS_close, -1, 4));
  CHECK("kill rt_sigreturn", "a signal keeps all registers");
  handle(SIGUSR1, handler, 0);
  R(probe(SYS_kill, getpid(), SIGUSR1));
  R(got);
  CHECK("fork", "keeps all registers on both sides");
  long child = probe(SYS_fork, 7, 8);
  if (child == 0) _exit(5);
  reap("fork", child);
  CHECK("nanosleep", "interrupted, keeps all registers");
  struct timespec time = {0, 20000000};
  struct itimerval timer = {.it_value = {0, 5000}};
  handle(SIGALRM, handler, 0);
  setitimer(ITIMER_REAL, &timer, NULL);
  R(probe(SYS_nanosleep, (long)&time, 0));
  CHECK("brk", "keeps all registers");
  long brk = probe(SYS_brk, 0, 0);
  T(brk == (long)sbrk(0));
  return 0;
}
