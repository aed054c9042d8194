// Hardware faults: signal, code and address; and returning after repairing the cause.
#include "case.h"

#include <setjmp.h>
#include <ucontext.h>
static sigjmp_buf back;
static void *volatile expected;
static void show(int signal, siginfo_t *info, void *context) {
  say("%s code %d address %s", sigabbrev_np(signal), info->si_code,
      info->si_addr == expected ? "right" : "other");
  siglongjmp(back, 1);
}
static void repair(int signal, siginfo_t *info, void *context) {
  say("repairing code %d", info->si_code);
  mprotect((void *)((uintptr_t)info->si_addr & ~4095UL), 4096, PROT_READ | PROT_WRITE);
}
static void skip(int signal, siginfo_t *info, void *context) {
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = 77;
}
#define TRY(...)             \
  if (!sigsetjmp(back, 1)) { \
    __VA_ARGS__;             \
  }
int main(void) {
  struct sigaction action = {.sa_sigaction = show, .sa_flags = SA_SIGINFO};
  int all[] = {SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGTRAP};
  for (int i = 0; i < 5; i++) sigaction(all[i], &action, NULL);
  CHECK("rt_sigaction(SIGSEGV)", "bad addresses");
  char *page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  volatile int zero = 0;
  expected = page + 4100;
  TRY(page[4100] = 1);
  expected = NULL;
  TRY(*(volatile int *)0 = 1);
  expected = (void *)64;
  TRY(*(volatile int *)64 = 1);
  expected = NULL;
  TRY(*(volatile long *)0x8000000000000000UL = 1);
  CHECK("rt_sigaction(SIGFPE|SIGILL|SIGTRAP)", "arithmetic, unknown instructions, traps");
  TRY(zero = 1 / zero);
  TRY(__asm__ volatile("ud2"));
  TRY(__asm__ volatile("int3"));
  CHECK("rt_sigaction(SIGSEGV)", "privileged instructions, jumps, holes");
  TRY(__asm__ volatile("hlt"));
  expected = page;
  TRY(((void (*)(void))page)());
  NEED(munmap(page, 4096));
  TRY((void)*(volatile char *)page);
  CHECK("rt_sigaction rt_sigreturn", "back to the instruction after a repair");
  action.sa_sigaction = repair;
  sigaction(SIGSEGV, &action, NULL);
  page[5000] = 9;
  R(page[5000]);
  CHECK("rt_sigreturn", "changed registers");
  action.sa_sigaction = skip;
  sigaction(SIGILL, &action, NULL);
  long value = 1;
  __asm__ volatile("ud2" : "+a"(value));
  R(value);
  CHECK("rt_sigprocmask rt_sigaction(SIG_IGN)", "faults that are blocked or ignored kill");
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGSEGV);
  reap("blocked", CHILD({
         sigprocmask(SIG_BLOCK, &set, NULL);
         *(volatile int *)0 = 1;
       }));
  reap("ignored", CHILD({
         signal(SIGSEGV, SIG_IGN);
         *(volatile int *)0 = 1;
       }));
  return 0;
}
