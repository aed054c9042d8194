// covers: poll select close
// A descriptor that another thread closes while it is waited for: the wait goes on with what it was.
#include "case.h"

static int p[2], q[2];

static void *closer(void *argument) {
  sleep_ms(30);
  close(p[0]);
  if (argument != NULL) {
    // The number is given to something else, which is ready.
    NEED(dup2(q[0], p[0]));
  }
  sleep_ms(30);
  NEED(write(p[1], "x", 1));
  return NULL;
}

static void begin(void) {
  NEED(pipe(p));
  NEED(pipe(q));
  NEED(write(q[1], "ready", 5));
}

int main(void) {
  pthread_t thread;
  CHECK("poll", "the closed one is still waited for while the call lasts");
  signal(SIGPIPE, SIG_IGN);
  begin();
  int keep = NEED(dup(p[0]));
  pthread_create(&thread, NULL, closer, NULL);
  struct pollfd f = {p[0], POLLIN, 0};
  R(poll(&f, 1, 2000));
  say("%#x", f.revents);
  R(poll(&f, 1, 0));
  say("%#x", f.revents);
  pthread_join(thread, NULL);
  close(keep);
  CHECK("poll", "a new file of that number is not looked at");
  begin();
  keep = NEED(dup(p[0]));
  pthread_create(&thread, NULL, closer, "again");
  f = (struct pollfd){p[0], POLLIN, 0};
  long long start = now_ms();
  R(poll(&f, 1, 2000));
  T(now_ms() - start >= 55);
  pthread_join(thread, NULL);
  close(keep);
  CHECK("select", "the closed one is still waited for");
  begin();
  keep = NEED(dup(p[0]));
  pthread_create(&thread, NULL, closer, NULL);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(p[0], &set);
  int n = p[0];
  struct timeval limit = {2, 0};
  R(select(n + 1, &set, NULL, NULL, &limit));
  pthread_join(thread, NULL);
  return 0;
}
