// Handlers on another stack; the overflow of the main stack is survived.
#include "case.h"

#include <setjmp.h>
static sigjmp_buf back;
static char *space;
static size_t size = 65536;
static void where(int signal) {
  char here;
  stack_t now;
  sigaltstack(NULL, &now);
  say("on the alternate stack: %d, flags %d", &here >= space && &here < space + size, now.ss_flags);
  stack_t change = {.ss_flags = SS_DISABLE};
  R(sigaltstack(&change, NULL));
}
static void overflow(int signal) {
  char here;
  say("overflow handled on the alternate stack: %d", &here >= space && &here < space + size);
  siglongjmp(back, 1);
}
static int __attribute__((noinline)) recurse(int depth) {
  volatile char fill[4096];
  fill[0] = depth;
  return recurse(depth + 1) + fill[0];
}
int main(void) {
  space = malloc(size);
  stack_t stack = {.ss_sp = space, .ss_size = size}, old;
  CHECK("sigaltstack", "none at first");
  R(sigaltstack(NULL, &old));
  R(old.ss_flags);
  R(sigaltstack(&stack, NULL));
  CHECK("sigaltstack rt_sigaction(SA_ONSTACK)", "only handlers that ask for it run there");
  handle(SIGUSR1, where, SA_ONSTACK);
  raise(SIGUSR1);
  handle(SIGUSR1, where, 0);
  raise(SIGUSR1);
  CHECK("sigaltstack", "stays after a handler");
  stack.ss_flags = 0;
  R(sigaltstack(&stack, &old));
  CHECK("sigaltstack", "the main stack overflows");
  handle(SIGSEGV, overflow, SA_ONSTACK);
  struct rlimit limit;
  getrlimit(RLIMIT_STACK, &limit);
  limit.rlim_cur = 1 << 20;
  setrlimit(RLIMIT_STACK, &limit);
  if (!sigsetjmp(back, 1)) recurse(0);
  CHECK("sigaltstack", "sizes and flags that are refused");
  stack.ss_size = 100;
  R(sigaltstack(&stack, NULL));
  stack.ss_size = size;
  stack.ss_flags = 99;
  R(sigaltstack(&stack, NULL));
  CHECK("sigaltstack(SS_DISABLE)", "an overflow kills");
  stack.ss_flags = SS_DISABLE;
  R(sigaltstack(&stack, NULL));
  reap("no stack left", CHILD(recurse(0)));
  return 0;
}
