// A debugger and its child: stops, memory, registers, attaching.
#include "case.h"

#include <sys/ptrace.h>
#include <sys/user.h>
static volatile long word = 0x1234;
int main(void) {
  int status = 0;
  CHECK("ptrace(PTRACE_TRACEME|PTRACE_CONT)", "a child stops for its signals");
  pid_t child = CHILD({
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1) {
      say("PTRACE_TRACEME: %s", errno_name(errno));
      _exit(1);
    }
    raise(SIGSTOP);
    _exit(word == 0x77 ? 5 : 6);
  });
  NEED(waitpid(child, &status, 0));
  say_status("child", status);
  CHECK("ptrace(PTRACE_PEEKDATA|PTRACE_POKEDATA)", "a child's memory");
  errno = 0;
  say("%lx %s", ptrace(PTRACE_PEEKDATA, child, &word, NULL), errno_name(errno));
  R(ptrace(PTRACE_POKEDATA, child, &word, 0x77));
  CHECK("ptrace(PTRACE_GETREGS)", "a child's registers");
  struct user_regs_struct regs = {0};
  R(ptrace(PTRACE_GETREGS, child, NULL, &regs));
  T(regs.rip != 0 && regs.orig_rax != 0);
  CHECK("ptrace(PTRACE_CONT)", "goes on to its end");
  R(ptrace(PTRACE_CONT, child, NULL, NULL));
  if (!WIFEXITED(status)) reap("child", child);
  CHECK("ptrace(PTRACE_ATTACH|PTRACE_DETACH)", "another process, and none");
  child = CHILD(for (;;) pause());
  R(ptrace(PTRACE_ATTACH, child, NULL, NULL));
  R(waitpid(child, &status, WNOHANG | __WALL) >= 0);
  R(ptrace(PTRACE_ATTACH, 1 << 29, NULL, NULL));
  R(ptrace(PTRACE_ATTACH, getpid(), NULL, NULL));
  kill(child, SIGKILL);
  reap("child", child);
  CHECK("ptrace", "requests for a process that is not traced");
  R(ptrace(PTRACE_CONT, getppid(), NULL, NULL));
  return 0;
}
