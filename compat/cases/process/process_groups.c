// covers: setpgid getpgid setsid getsid kill
// Groups and sessions: the rules, and signals to whole groups.
#include "case.h"

int main(void) {
  reap("leader", CHILD({
         R(setpgid(0, 0));
         T(getpgrp() == getpid());
         R(setsid());
         R(setpgid(0, 99999));
         R(setpgid(99999, 0));
         R(setpgid(0, -1));
         R(getpgid(99999));
         R(getsid(99999));
       }));
  reap("session", CHILD({
         T(setsid() == getpid());
         T(getsid(0) == getpid() && getpgrp() == getpid());
         R(setsid());
         R(setpgid(0, 0));
         R(open("/dev/tty", O_RDWR));
         pid_t inner = CHILD({
           T(getsid(0) == getppid());
           R(setpgid(0, getppid()));
           for (;;) pause();
         });
         pid_t other = CHILD({
           setpgid(0, 0);
           for (;;) pause();
         });
         sleep_ms(200);
         R(setpgid(other, other));
         R(setpgid(inner, other));
         T(getpgid(inner) == other);
         R(kill(-other, SIGTERM));
         reap("inner", inner);
         reap("other", other);
         R(kill(-other, 0));
       }));
  pid_t child = CHILD({
    setpgid(0, 0);
    signal(SIGUSR1, SIG_IGN);
    pid_t victim = CHILD({
      signal(SIGUSR1, SIG_DFL);
      for (;;) pause();
    });
    sleep_ms(200);
    R(kill(0, SIGUSR1));
    reap("victim", victim);
    R(killpg(0, 0));
  });
  reap("group", child);
  R(kill(1 << 30, 0));
  R(kill(getpid(), 99));
  R(kill(getpid(), -1));
  return 0;
}
