// covers: openat
// Opening a FIFO waits for a partner, and what ends the wait.
#include "case.h"

static void nothing(int signo UNUSED) {}

static pid_t opener(int flags) {
  return CHILD({
    if (open("f", flags) < 0) _exit(errno);
  });
}

/* Nobody has ended within a moment. */
static bool waits(pid_t child) {
  sleep_ms(150);
  return waitpid(child, NULL, WNOHANG) == 0;
}

int main(void) {
  NEED(mkfifo("f", 0600));
  CHECK("openat(O_RDONLY)", "waits until somebody opens it for writing");
  pid_t child = opener(O_RDONLY);
  T(waits(child));
  int fd = OK(open("f", O_WRONLY | O_NONBLOCK));
  reap("reader", child);
  close(fd);
  CHECK("openat(O_WRONLY)", "waits until somebody opens it for reading");
  child = opener(O_WRONLY);
  T(waits(child));
  fd = OK(open("f", O_RDONLY | O_NONBLOCK));
  reap("writer", child);
  close(fd);
  CHECK("openat(O_RDWR)", "is a partner for both, and waits for nobody");
  pid_t reader = opener(O_RDONLY), writer;
  T(waits(reader));
  fd = OK(open("f", O_RDWR));
  reap("reader", reader);
  reap("writer", opener(O_WRONLY));
  close(fd);
  CHECK("openat", "a reader and a writer that wait meet");
  reader = opener(O_RDONLY);
  T(waits(reader));
  writer = CHILD({ NEED(open("f", O_WRONLY)); });
  reap("writer", writer);
  reap("reader", reader);
  CHECK("openat", "a partner that has gone again was a partner");
  child = opener(O_RDONLY);
  T(waits(child));
  close(NEED(open("f", O_WRONLY | O_NONBLOCK)));
  reap("reader", child);
  CHECK("openat", "a handler with SA_RESTART starts it again, one without ends it");
  child = CHILD({
    handle(SIGUSR1, nothing, SA_RESTART);
    handle(SIGUSR2, nothing, 0);
    R(open("f", O_RDONLY));
  });
  T(waits(child));
  NEED(kill(child, SIGUSR1));
  T(waits(child));
  NEED(kill(child, SIGUSR2));
  reap("reader", child);
  CHECK("openat", "an interrupted opener is no partner any more");
  R(open("f", O_WRONLY | O_NONBLOCK));
  CHECK("openat", "opening waits with the name gone, and a new FIFO of that name is another");
  child = opener(O_RDONLY);
  T(waits(child));
  NEED(unlink("f"));
  NEED(mkfifo("f", 0600));
  R(open("f", O_WRONLY | O_NONBLOCK));
  T(waits(child));
  NEED(kill(child, SIGKILL));
  reap("reader", child);
  return 0;
}
