// Groups and sessions: the rules, and signals to whole groups.
#include "case.h"

static void group_of_two(void) {
  struct gate ready = new_gate();
  CHECK("setsid getsid", "a new session, once");
  T(setsid() == getpid());
  T(getsid(0) == getpid() && getpgrp() == getpid());
  R(setsid());
  CHECK("setpgid", "a session leader stays");
  R(setpgid(0, 0));
  CHECK("openat(/dev/tty)", "a session without a terminal");
  R(open("/dev/tty", O_RDWR));
  CHECK("setpgid getpgid", "a child between groups");
  pid_t inner = CHILD({
    T(getsid(0) == getppid());
    R(setpgid(0, getppid()));
    tell(ready);
    for (;;) pause();
  });
  await(ready);
  pid_t other = CHILD({
    setpgid(0, 0);
    tell(ready);
    for (;;) pause();
  });
  await(ready);
  R(setpgid(other, other));
  R(setpgid(inner, other));
  T(getpgid(inner) == other);
  CHECK("kill(-pgid)", "the whole group");
  R(kill(-other, SIGTERM));
  reap("inner", inner);
  reap("other", other);
  R(kill(-other, 0));
}
int main(void) {
  reap("leader", CHILD({
         CHECK("setpgid getpgrp", "a group of one's own");
         R(setpgid(0, 0));
         T(getpgrp() == getpid());
         CHECK("setsid", "not by the leader of a group");
         R(setsid());
         CHECK("setpgid", "groups and processes that are none");
         R(setpgid(0, 99999));
         R(setpgid(99999, 0));
         R(setpgid(0, -1));
         CHECK("getpgid getsid", "processes that are none");
         R(getpgid(99999));
         R(getsid(99999));
       }));
  reap("session", CHILD(group_of_two()));
  CHECK("kill(0)", "the sender's own group");
  reap("group", CHILD({
         struct gate ready = new_gate();
         setpgid(0, 0);
         signal(SIGUSR1, SIG_IGN);
         pid_t victim = CHILD({
           signal(SIGUSR1, SIG_DFL);
           tell(ready);
           for (;;) pause();
         });
         await(ready);
         R(kill(0, SIGUSR1));
         reap("victim", victim);
         R(killpg(0, 0));
       }));
  CHECK("kill", "processes and signals that are none");
  R(kill(1 << 30, 0));
  R(kill(getpid(), 99));
  R(kill(getpid(), -1));
  return 0;
}
