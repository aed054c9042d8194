// covers: read wait4 nanosleep poll pause
// Which calls a handler interrupts, with and without SA_RESTART.
#include "case.h"

static void handler(int signal) {}
static pid_t later(void) {
  pid_t parent = getpid();
  return CHILD({
    sleep_ms(80);
    kill(parent, SIGUSR1);
    _exit(0);
  });
}
static void each(int flags) {
  int p[2];
  char byte;
  NEED(pipe(p));
  handle(SIGUSR1, handler, flags);
  pid_t child;
  if (!(flags & SA_RESTART)) {
    child = later();
    R(read(p[0], &byte, 1));
    waitpid(child, NULL, 0);
    pid_t sleeper = CHILD(for (;;) pause());
    child = later();
    R(waitpid(sleeper, NULL, 0));
    waitpid(child, NULL, 0);
    kill(sleeper, SIGKILL);
    reap("sleeper", sleeper);
  } else {
    child = later();
    pid_t writer = CHILD({
      sleep_ms(200);
      write(p[1], "x", 1);
    });
    R(read(p[0], &byte, 1));
    waitpid(writer, NULL, 0);
    waitpid(child, NULL, 0);
    pid_t sleeper = CHILD(sleep_ms(200));
    child = later();
    T(waitpid(sleeper, NULL, 0) == sleeper);
    waitpid(child, NULL, 0);
  }
  struct timespec time = {5, 0}, left = {0, 0};
  child = later();
  R(nanosleep(&time, &left));
  T(left.tv_sec == 4 && left.tv_nsec > 0);
  waitpid(child, NULL, 0);
  child = later();
  R(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &left));
  waitpid(child, NULL, 0);
  struct pollfd poller = {p[0], POLLIN, 0};
  child = later();
  R(poll(&poller, 1, 5000));
  waitpid(child, NULL, 0);
  child = later();
  R(pause());
  waitpid(child, NULL, 0);
  static char big[70000];
  fcntl(p[1], F_SETFL, O_NONBLOCK);
  while (write(p[1], big, sizeof big) > 0) {
  }
  fcntl(p[1], F_SETFL, 0);
  if (!(flags & SA_RESTART)) {
    child = later();
    R(write(p[1], "x", 1));
    waitpid(child, NULL, 0);
    NEED(read(p[0], big, 8192));
    child = later();
    T(write(p[1], big, 20000) == 8192);
    waitpid(child, NULL, 0);
  }
}
int main(void) {
  say("interrupting");
  each(0);
  say("restarting");
  each(SA_RESTART);
  return 0;
}
