// The end of a context while requests are waiting.
#include "aio.h"

static aio_context_t c;
static void *destroyer(void *unused) {
  (void)unused;
  sleep_ms(20);
  R(io_destroy(c));
  return NULL;
}

int main(int argc, char **argv) {
  struct io_event e[4];
  struct timespec now = {0, 0};
  if (argc > 2) {
    R(io_getevents(strtoul(argv[2], NULL, 10), 0, 1, e, &now));
    return 0;
  }
  int p[2];
  NEED(io_setup(8, &c));
  NEED(pipe(p));
  struct iocb r = request_of(IOCB_CMD_POLL, p[0], (void *)POLLIN, 0, 0), *list[] = {&r};
  CHECK("io_destroy", "with a poll that waits");
  R(io_submit(c, 1, list));
  R(io_destroy(c));
  R(io_getevents(c, 0, 1, e, &now));
  NEED(write(p[1], "x", 1));
  char byte;
  R(read(p[0], &byte, 1));
  CHECK("io_destroy close", "the file is let go");
  c = 0;
  NEED(io_setup(8, &c));
  R(io_submit(c, 1, list));
  close(p[0]);
  handle(SIGPIPE, SIG_IGN, 0);
  R(write(p[1], "x", 1));
  R(io_destroy(c));
  R(write(p[1], "x", 1));
  CHECK("io_destroy", "with events that nobody has fetched");
  c = 0;
  NEED(io_setup(8, &c));
  NEED(pipe(p));
  r = request_of(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 0, 0);
  R(io_submit(c, 1, list));
  R(io_destroy(c));
  CHECK("io_destroy io_getevents", "while another thread waits");
  c = 0;
  NEED(io_setup(8, &c));
  pthread_t t;
  pthread_create(&t, NULL, destroyer, NULL);
  R(io_getevents(c, 1, 4, e, NULL));
  pthread_join(t, NULL);
  CHECK("execve", "a new program has no contexts");
  c = 0;
  NEED(io_setup(8, &c));
  pid_t child = CHILD({
    aio_context_t own = 0;
    char number[32];
    NEED(io_setup(8, &own));
    snprintf(number, sizeof number, "%lu", own);
    execl("/proc/self/exe", "case", "@context", number, NULL);
  });
  reap("program", child);
  R(io_getevents(c, 0, 4, e, &now));
  CHECK("fork io_setup", "a child makes its own");
  child = CHILD({
    aio_context_t own = 0;
    OK(io_setup(8, &own));
    R(io_destroy(own));
  });
  reap("child", child);
  return 0;
}
