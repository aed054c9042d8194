// covers: ppoll pselect6 epoll_pwait
// A signal that is blocked but for the wait never gets lost, whenever it comes.
#include "case.h"

#include <sys/epoll.h>
enum { ROUNDS = 300 };
static volatile sig_atomic_t count;
static void handler(int signo UNUSED) {
  count++;
}

int main(void) {
  sigset_t usr1, none;
  sigemptyset(&none);
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  NEED(sigprocmask(SIG_BLOCK, &usr1, NULL));
  handle(SIGUSR1, handler, 0);
  int p[2], ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  pid_t target = getpid();
  for (int kind = 0; kind < 3; kind++) {
    const char *names[] = {"ppoll", "pselect6", "epoll_pwait"};
    CHECK(names[kind], kind == 0   ? "each signal ends one wait"
                       : kind == 1 ? "each ends one wait"
                                   : "each signal ends a wait");
    count = 0;
    pid_t child = CHILD({
      char c;
      close(p[1]);
      for (int i = 0; i < ROUNDS; i++) {
        for (volatile int spin = i * 97 % 5000; spin > 0; spin--) {
        }
        kill(target, SIGUSR1);
        // The next only after this one has been seen.
        NEED(read(p[0], &c, 1));
      }
    });
    int interrupted = 0, other = 0;
    for (int i = 0; i < ROUNDS; i++) {
      struct timespec limit = {10, 0};
      struct epoll_event event;
      int r = kind == 0   ? ppoll(NULL, 0, &limit, &none)
              : kind == 1 ? pselect(0, NULL, NULL, NULL, &limit, &none)
                          : epoll_pwait(ep, &event, 1, 10000, &none);
      if (r == -1 && errno == EINTR)
        interrupted++;
      else
        other++;
      NEED(write(p[1], "x", 1));
    }
    say("%d interrupted, %d not, %d handled", interrupted, other, count);
    reap("sender", child);
  }
  return 0;
}
