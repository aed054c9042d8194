// covers: splice
// When splice(2) waits, for which side, and what SPLICE_F_NONBLOCK and O_NONBLOCK make of it.
#include "case.h"

static char data[65536];
static void handler(int signo UNUSED) {}

int main(void) {
  int p[2], q[2], status;
  put("f", "contents of a file");
  int file = NEED(open("f", O_RDWR));
  CHECK("splice(SPLICE_F_NONBLOCK)", "an empty pipe");
  NEED(pipe(p));
  NEED(pipe(q));
  R(splice(p[0], NULL, file, NULL, 10, SPLICE_F_NONBLOCK));
  R(splice(p[0], NULL, q[1], NULL, 10, SPLICE_F_NONBLOCK));
  CHECK("splice(SPLICE_F_NONBLOCK)", "a full pipe");
  NEED(write(q[1], data, sizeof data));
  loff_t at = 0;
  R(splice(file, &at, q[1], NULL, 10, SPLICE_F_NONBLOCK));
  R(at);
  NEED(write(p[1], "x", 1));
  R(splice(p[0], NULL, q[1], NULL, 10, SPLICE_F_NONBLOCK));
  CHECK("splice", "O_NONBLOCK of the pipe does the same");
  NEED(fcntl(q[1], F_SETFL, O_NONBLOCK));
  R(splice(file, &at, q[1], NULL, 10, 0));
  R(splice(p[0], NULL, q[1], NULL, 10, 0));
  NEED(read(p[0], data, 1));
  NEED(fcntl(p[0], F_SETFL, O_NONBLOCK));
  R(splice(p[0], NULL, file, NULL, 10, 0));
  CHECK("splice", "waits for data, takes what comes");
  NEED(pipe(p));
  pid_t child = CHILD({
    close(p[0]);
    sleep_ms(30);
    NEED(write(p[1], "abc", 3));
    sleep_ms(30);
  });
  R(splice(p[0], NULL, file, NULL, 10, 0));
  close(p[1]);
  R(splice(p[0], NULL, file, NULL, 10, 0));
  NEED(waitpid(child, &status, 0));
  say("%s", get("f"));
  CHECK("splice", "waits for room, gives what fits");
  NEED(pipe(q));
  NEED(write(q[1], data, sizeof data));
  child = CHILD({
    sleep_ms(30);
    NEED(read(q[0], data, 4096));
  });
  at = 0;
  R(splice(file, &at, q[1], NULL, 5, 0));
  NEED(waitpid(child, &status, 0));
  CHECK("splice", "a signal ends it");
  NEED(pipe(p));
  handle(SIGUSR1, handler, 0);
  pid_t self_pid = getpid();
  child = CHILD({
    sleep_ms(30);
    kill(self_pid, SIGUSR1);
  });
  R(splice(p[0], NULL, file, NULL, 5, 0));
  NEED(waitpid(child, &status, 0));
  CHECK("splice", "readers that leave while it waits for room");
  signal(SIGPIPE, SIG_IGN);
  NEED(pipe(q));
  NEED(write(q[1], data, sizeof data));
  child = CHILD({
    close(q[1]);
    sleep_ms(30);
  });
  close(q[0]);
  at = 0;
  R(splice(file, &at, q[1], NULL, 5, 0));
  NEED(waitpid(child, &status, 0));
  CHECK("splice", "raises SIGPIPE without readers");
  child = CHILD({
    signal(SIGPIPE, SIG_DFL);
    splice(file, &at, q[1], NULL, 5, 0);
  });
  reap("child", child);
  return 0;
}
