// covers: select pselect6
// Time limits of select(2) and pselect6(2).
#include "case.h"

static void handler(int signo UNUSED) {}
static int p[2];

int main(void) {
  NEED(pipe(p));
  fd_set set;
  struct timeval t;
  struct timespec ts;
  CHECK("select", "what is left is written back");
  t = (struct timeval){0, 30000};
  long long start = now_ms();
  R(select(0, NULL, NULL, NULL, &t));
  T(now_ms() - start >= 30);
  say("%ld %ld", (long)t.tv_sec, (long)t.tv_usec);
  t = (struct timeval){0, 20000};
  FD_ZERO(&set);
  FD_SET(p[0], &set);
  R(select(p[0] + 1, &set, NULL, NULL, &t));
  say("%d, %ld %ld", FD_ISSET(p[0], &set), (long)t.tv_sec, (long)t.tv_usec);
  NEED(write(p[1], "x", 1));
  FD_SET(p[0], &set);
  t = (struct timeval){9, 999999};
  R(select(p[0] + 1, &set, NULL, NULL, &t));
  T(t.tv_sec == 9);
  CHECK("select", "microseconds of more than a second, and times that are none");
  FD_SET(p[0], &set);
  t = (struct timeval){1, 2500000};
  R(syscall(SYS_select, p[0] + 1, &set, NULL, NULL, &t));
  T(t.tv_sec == 3 && t.tv_usec <= 500000);
  t = (struct timeval){-1, 0};
  R(syscall(SYS_select, 0, NULL, NULL, NULL, &t));
  t = (struct timeval){0, -1};
  R(syscall(SYS_select, 0, NULL, NULL, NULL, &t));
  CHECK("pselect6", "times that are none");
  ts = (struct timespec){0, 1000000000};
  R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, NULL));
  ts = (struct timespec){-1, 0};
  R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, NULL));
  ts = (struct timespec){0, 20000000};
  R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, NULL));
  say("%ld %ld", (long)ts.tv_sec, ts.tv_nsec);
  CHECK("select", "a signal ends it, also with SA_RESTART, and the sets stay");
  char c;
  NEED(read(p[0], &c, 1));
  handle(SIGUSR1, handler, SA_RESTART);
  pid_t target = getpid();
  pid_t child = CHILD({
    sleep_ms(40);
    kill(target, SIGUSR1);
  });
  FD_ZERO(&set);
  FD_SET(p[0], &set);
  t = (struct timeval){10, 0};
  R(syscall(SYS_select, p[0] + 1, &set, NULL, NULL, &t));
  say("%d", FD_ISSET(p[0], &set));
  T(t.tv_sec == 9);
  NEED(waitpid(child, NULL, 0));
  CHECK("select", "no time limit");
  child = CHILD({
    sleep_ms(30);
    NEED(write(p[1], "x", 1));
  });
  R(select(p[0] + 1, &set, NULL, NULL, NULL));
  NEED(waitpid(child, NULL, 0));
  return 0;
}
