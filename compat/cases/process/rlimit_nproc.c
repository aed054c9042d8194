// tags: limits permissions
// RLIMIT_NPROC: a user at the limit gets EAGAIN, and can go on afterwards.
#include "case.h"

int main(void) {
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  CHECK("clone prlimit64(RLIMIT_NPROC)", "EAGAIN at the limit of a user");
  reap("user", CHILD({
         struct rlimit limit = {10, 10};
         NEED(setrlimit(RLIMIT_NPROC, &limit));
         NEED(setgid(54321));
         /* A user that no other run of this case has. */
         NEED(setuid(1000000 + getpid()));
         int made = 0;
         pid_t pids[20];
         pid_t pid;
         while (made < 20 && (pid = fork()) >= 0) {
           if (pid == 0)
             for (;;) pause();
           pids[made++] = pid;
         }
         say("%d children, then %s", made, errno_name(errno));
         if (made == 0) _exit(1);
         kill(pids[0], SIGKILL);
         reap("first", pids[0]);
         pid = fork();
         if (pid == 0) _exit(0);
         T(pid > 0);
         reap("again", pid);
         for (int i = 1; i < made; i++) {
           kill(pids[i], SIGKILL);
           waitpid(pids[i], NULL, 0);
         }
       }));
  return 0;
}
