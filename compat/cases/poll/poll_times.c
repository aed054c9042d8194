// covers: poll ppoll
// Time limits of poll(2) and ppoll(2): how long, and what is left of a timespec.
#include "case.h"

static void handler(int signo UNUSED) {}

int main(void) {
  int p[2];
  NEED(pipe(p));
  struct pollfd f = {p[0], POLLIN, 77};
  CHECK("poll", "waits as long as it says, and clears the results");
  long long start = now_ms();
  R(poll(&f, 1, 40));
  T(now_ms() - start >= 40);
  say("%d", f.revents);
  R(poll(&f, 1, 0));
  CHECK("ppoll", "what is left is written back");
  struct timespec t = {0, 30000000};
  R(ppoll(&f, 1, &t, NULL));
  say("%ld %ld", (long)t.tv_sec, t.tv_nsec);
  NEED(write(p[1], "x", 1));
  t = (struct timespec){5, 0};
  R(ppoll(&f, 1, &t, NULL));
  T(t.tv_sec == 5 || (t.tv_sec == 4 && t.tv_nsec > 500000000));
  t = (struct timespec){0, 0};
  R(ppoll(&f, 1, &t, NULL));
  say("%ld %ld", (long)t.tv_sec, t.tv_nsec);
  CHECK("ppoll", "times that are none");
  t = (struct timespec){0, 1000000000};
  R(ppoll(&f, 1, &t, NULL));
  t = (struct timespec){-1, 0};
  R(ppoll(&f, 1, &t, NULL));
  t = (struct timespec){0, -1};
  R(ppoll(&f, 1, &t, NULL));
  R(syscall(SYS_ppoll, &f, 1, (void *)8, NULL, 8));
  CHECK("ppoll", "a limit far away");
  t = (struct timespec){LONG_MAX, 999999999};
  R(syscall(SYS_ppoll, &f, 1, &t, NULL, 8));
  CHECK("ppoll", "a signal leaves the rest");
  char c;
  NEED(read(p[0], &c, 1));
  handle(SIGUSR1, handler, SA_RESTART);
  pid_t target = getpid();
  pid_t child = CHILD({
    sleep_ms(50);
    kill(target, SIGUSR1);
  });
  t = (struct timespec){10, 0};
  R(syscall(SYS_ppoll, &f, 1, &t, NULL, 8));
  T(t.tv_sec == 9);
  reap("child", child);
  CHECK("poll", "stopped and continued it goes on, for the time that was left");
  child = CHILD({
    long long from = now_ms();
    int r = poll(&f, 1, 200);
    long long took = now_ms() - from;
    _exit(r == 0 && took >= 200 && took < 1500 ? 0 : 1);
  });
  sleep_ms(40);
  NEED(kill(child, SIGSTOP));
  sleep_ms(40);
  NEED(kill(child, SIGCONT));
  reap("child", child);
  return 0;
}
