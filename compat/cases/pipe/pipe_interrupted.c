// covers: read write
// Signals that come while a pipe is waited for.
#include "case.h"

static volatile sig_atomic_t count;
static void handler(int signo UNUSED) {
  count++;
}
static char data[100000];

/* A signal for the parent after a moment. */
static pid_t shoot(int signo) {
  pid_t target = getpid();
  return CHILD({
    sleep_ms(40);
    kill(target, signo);
  });
}

int main(void) {
  int p[2];
  NEED(pipe(p));
  handle(SIGUSR1, handler, 0);
  handle(SIGUSR2, handler, SA_RESTART);
  CHECK("read", "without SA_RESTART it ends");
  pid_t child = shoot(SIGUSR1);
  R(read(p[0], data, 10));
  say("%d", count);
  reap("child", child);
  CHECK("read", "with SA_RESTART it goes on");
  pid_t target = getpid();
  child = CHILD({
    sleep_ms(30);
    kill(target, SIGUSR2);
    sleep_ms(30);
    NEED(write(p[1], "after", 5));
  });
  R(read(p[0], data, 10));
  say("%d", count);
  reap("child", child);
  CHECK("read", "a signal that is ignored or has no effect does not end it");
  signal(SIGHUP, SIG_IGN);
  child = CHILD({
    sleep_ms(20);
    kill(target, SIGHUP);
    kill(target, SIGCONT);
    kill(target, SIGWINCH);
    sleep_ms(20);
    NEED(write(p[1], "after", 5));
  });
  R(read(p[0], data, 10));
  reap("child", child);
  CHECK("write", "what has gone is counted, with and without SA_RESTART");
  child = shoot(SIGUSR1);
  R(write(p[1], data, 70000));
  reap("child", child);
  int left;
  NEED(ioctl(p[0], FIONREAD, &left));
  say("%d inside", left);
  NEED(read(p[0], data, 8192));
  child = shoot(SIGUSR2);
  R(write(p[1], data, 70000));
  reap("child", child);
  CHECK("write", "nothing has gone: it ends or goes on");
  child = shoot(SIGUSR1);
  R(write(p[1], data, 10));
  reap("child", child);
  child = CHILD({
    sleep_ms(30);
    kill(target, SIGUSR2);
    sleep_ms(30);
    NEED(read(p[0], data, 4096));
  });
  R(write(p[1], data, 10));
  reap("child", child);
  CHECK("read", "stopped and continued it goes on");
  NEED(pipe(p));
  child = CHILD({
    char c;
    R(read(p[0], &c, 1));
  });
  sleep_ms(20);
  kill(child, SIGSTOP);
  sleep_ms(20);
  NEED(write(p[1], "x", 1));
  sleep_ms(20);
  kill(child, SIGCONT);
  reap("reader", child);
  return 0;
}
