// How processes end: statuses, every deadly signal, those that are ignored by default.
#include "case.h"

int main(void) {
  CHECK("kill", "every signal that ends a process");
  int deadly[] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGILL,  SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,
                  SIGKILL, SIGUSR1, SIGSEGV,   SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT,
                  SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGSYS};
  for (unsigned i = 0; i < sizeof deadly / sizeof *deadly; i++) {
    pid_t child = CHILD({
      kill(getpid(), deadly[i]);
      _exit(1);
    });
    reap("raised", child);
  }
  CHECK("kill", "signals that are ignored by default");
  int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH};
  for (int i = 0; i < 4; i++) {
    pid_t child = CHILD({
      kill(getpid(), harmless[i]);
      _exit(10 + i);
    });
    reap("ignored", child);
  }
  CHECK("tgkill", "abort");
  reap("abort", CHILD(abort()));
  CHECK("exit_group", "faults end a process by their signal");
  reap("null", CHILD(*(volatile int *)0 = 1));
  reap("divide", CHILD({
         volatile int zero = 0;
         volatile int result = 1 / zero;
         _exit(result);
       }));
  reap("illegal", CHILD(__asm__("ud2")));
  reap("trap", CHILD(__asm__("int3")));
  reap("privileged", CHILD(__asm__("hlt")));
  CHECK("tgkill", "a real-time signal");
  CHILD(raise(SIGRTMIN));
  int status;
  NEED(wait(&status));
  T(WIFSIGNALED(status) && WTERMSIG(status) == SIGRTMIN);
  return 0;
}
