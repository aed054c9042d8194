// covers: read write
// Several readers and writers of one pipe.
#include "case.h"

enum { PEOPLE = 4 };
static char data[65536];

static void reap_all(const char *label) {
  int status, count = 0;
  while (wait(&status) > 0) count += WIFEXITED(status) && WEXITSTATUS(status) == 0;
  say("%s: %d ended well", label, count);
}

int main(void) {
  int p[2], done[2];
  NEED(pipe(done));
  CHECK("read", "each byte is read once, however many wait");
  NEED(pipe(p));
  for (int i = 0; i < PEOPLE; i++)
    CHILD({
      char c;
      close(p[1]);
      long got = 0;
      while (read(p[0], &c, 1) == 1) got++;
      NEED(write(done[1], &got, sizeof got));
    });
  close(p[0]);
  for (int i = 0; i < 1000; i++) NEED(write(p[1], "x", 1));
  close(p[1]);
  long total = 0, got;
  for (int i = 0; i < PEOPLE; i++) {
    NEED(read(done[0], &got, sizeof got));
    total += got;
  }
  say("%ld", total);
  reap_all("readers");
  CHECK("write", "all waiting readers get their byte from one write");
  NEED(pipe(p));
  for (int i = 0; i < PEOPLE; i++)
    CHILD({
      char c;
      NEED(read(p[0], &c, 1));
    });
  sleep_ms(40);
  NEED(write(p[1], "aaaa", 4));
  reap_all("readers");
  CHECK("close", "all waiting readers hear of the end");
  for (int i = 0; i < PEOPLE; i++)
    CHILD({
      char c;
      close(p[1]);
      _exit(read(p[0], &c, 1) == 0 ? 0 : 1);
    });
  sleep_ms(40);
  close(p[1]);
  reap_all("readers");
  CHECK("read", "a page read lets one waiting page in");
  NEED(pipe(p));
  NEED(write(p[1], data, sizeof data));
  for (int i = 0; i < PEOPLE; i++)
    CHILD({
      close(p[0]);
      NEED(write(p[1], data, 4096));
      NEED(write(done[1], "w", 1));
    });
  for (int i = 0; i < PEOPLE; i++) {
    char c;
    sleep_ms(10);
    struct pollfd f = {done[0], POLLIN, 0};
    say("early: %d", poll(&f, 1, 0));
    NEED(read(p[0], data, 4096));
    NEED(read(done[0], &c, 1));
  }
  reap_all("writers");
  CHECK("write", "large writes of several are all there");
  NEED(pipe(p));
  for (int i = 0; i < PEOPLE; i++)
    CHILD({
      close(p[0]);
      static char mine[300000];
      memset(mine, 'a' + i, sizeof mine);
      NEED(write(p[1], mine, sizeof mine) == sizeof mine ? 0 : -1);
    });
  close(p[1]);
  long counts[PEOPLE] = {0};
  ssize_t n;
  while ((n = read(p[0], data, sizeof data)) > 0)
    for (ssize_t i = 0; i < n; i++) counts[data[i] - 'a']++;
  say("%ld %ld %ld %ld", counts[0], counts[1], counts[2], counts[3]);
  reap_all("writers");
  return 0;
}
