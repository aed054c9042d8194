// tags: interrupts
// Which calls a handler interrupts, with and without SA_RESTART.
#include "case.h"

static int p[2];
static void handler(int signal) {}

/* A signal comes in the middle of a call, which is printed. */
#define INTERRUPT(call)                  \
  do {                                   \
    pid_t parent = getpid();             \
    pid_t sender = CHILD({               \
      sleep_ms(40);                      \
      kill(parent, SIGUSR1);             \
      _exit(0);                          \
    });                                  \
    R(call);                             \
    while (waitpid(sender, NULL, 0) < 0) \
      ;                                  \
  } while (0)

static void fill(void) {
  static char big[70000];
  fcntl(p[1], F_SETFL, O_NONBLOCK);
  while (write(p[1], big, sizeof big) > 0) {
  }
  fcntl(p[1], F_SETFL, 0);
}
/* The calls that say EINTR whatever the handler's flags are. */
static void always(const char *name) {
  struct timespec time = {5, 0}, left = {0, 0};
  char title[64];
  sprintf(title, "always interrupted: %s", name);
  CHECK("clock_nanosleep", title);
  INTERRUPT(nanosleep(&time, &left));
  T(left.tv_sec == 4 && left.tv_nsec > 0);
  INTERRUPT(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &left));
  sprintf(title, "poll and its kin: %s", name);
  CHECK("poll pselect6", title);
  struct pollfd poller = {p[0], POLLIN, 0};
  INTERRUPT(poll(&poller, 1, 5000));
  struct timeval seconds = {5, 0};
  INTERRUPT(select(0, NULL, NULL, NULL, &seconds));
  sprintf(title, "ends: %s", name);
  CHECK("pause", title);
  INTERRUPT(pause());
}
static pid_t ending_soon(void) {
  return CHILD(sleep_ms(90));
}
int main(void) {
  NEED(pipe(p));
  char byte;
  static char big[20000];
  handle(SIGUSR1, handler, 0);
  CHECK("read", "read: EINTR");
  INTERRUPT(read(p[0], &byte, 1));
  CHECK("wait4", "wait4: EINTR");
  pid_t sleeper = CHILD(for (;;) pause());
  INTERRUPT(waitpid(sleeper, NULL, 0));
  kill(sleeper, SIGKILL);
  waitpid(sleeper, NULL, 0);
  always("without SA_RESTART");
  fill();
  CHECK("write", "EINTR, or what was written until then");
  INTERRUPT(write(p[1], "x", 1));
  NEED(read(p[0], big, 8192));
  INTERRUPT(write(p[1], big, sizeof big));
  NEED(pipe(p));
  handle(SIGUSR1, handler, SA_RESTART);
  CHECK("read rt_sigaction(SA_RESTART)", "goes on");
  pid_t writer = CHILD({
    sleep_ms(90);
    write(p[1], "x", 1);
  });
  INTERRUPT(read(p[0], &byte, 1));
  waitpid(writer, NULL, 0);
  CHECK("wait4 rt_sigaction(SA_RESTART)", "goes on until the child ends");
  sleeper = ending_soon();
  INTERRUPT(waitpid(sleeper, NULL, 0) == sleeper);
  always("with SA_RESTART");
  return 0;
}
