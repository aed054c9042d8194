// covers: read write close fcntl
// What other threads do to a pipe that one is waiting on.
#include "case.h"

static int p[2];
static long result;
static int error;
static char byte;
static void *reader(void *unused UNUSED) {
  byte = '-';
  result = read(p[0], &byte, 1);
  error = errno;
  return NULL;
}
static void finish(pthread_t thread) {
  pthread_join(thread, NULL);
  say("reader: %ld %s %c", result, result < 0 ? errno_name(error) : "", byte);
}
static pthread_t begin(void *(*what)(void *)) {
  pthread_t thread;
  pthread_create(&thread, NULL, what, NULL);
  sleep_ms(40);
  return thread;
}
static atomic_int served;
static void *two_readers(void *unused UNUSED) {
  char c;
  long n = read(p[0], &c, 1);
  say("one of two: %ld", n);
  atomic_fetch_add(&served, 1);
  return NULL;
}

int main(void) {
  CHECK("close", "the descriptor that is read from: the read goes on");
  NEED(pipe(p));
  pthread_t thread = begin(reader);
  R(close(p[0]));
  R(write(p[1], "x", 1));
  finish(thread);
  signal(SIGPIPE, SIG_IGN);
  R(write(p[1], "x", 1));
  CHECK("fcntl(F_SETFL)", "O_NONBLOCK set while somebody waits changes nothing for him");
  NEED(pipe(p));
  thread = begin(reader);
  R(fcntl(p[0], F_SETFL, O_NONBLOCK));
  sleep_ms(20);
  R(write(p[1], "y", 1));
  finish(thread);
  CHECK("dup2", "another pipe at the number that is read from");
  int q[2], old[2];
  NEED(pipe(p));
  NEED(pipe(q));
  memcpy(old, p, sizeof p);
  NEED(write(q[1], "wrong", 5));
  thread = begin(reader);
  R(dup2(q[0], p[0]) == p[0]);
  R(write(old[1], "z", 1));
  finish(thread);
  CHECK("close", "the last writer by another thread");
  NEED(pipe(p));
  thread = begin(reader);
  R(close(p[1]));
  finish(thread);
  CHECK("write", "one byte for two readers");
  NEED(pipe(p));
  pthread_t first = begin(two_readers), second = begin(two_readers);
  NEED(write(p[1], "x", 1));
  while (served == 0) sleep_ms(5);
  sleep_ms(20);
  say("served %d, now the other", served);
  NEED(write(p[1], "x", 1));
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  CHECK("read", "through /proc/self/fd while another end waits");
  NEED(pipe(p));
  thread = begin(reader);
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", p[0]);
  int writer = NEED(open(name, O_WRONLY));
  R(write(writer, "w", 1));
  finish(thread);
  return 0;
}
