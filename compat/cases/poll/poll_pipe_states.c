// covers: poll
// Both ends of a pipe in every state.
#include "case.h"

static char data[65536];
static int p[2];

static void state(const char *label) {
  for (int end = 0; end < 2; end++) {
    if (fcntl(p[end], F_GETFD) < 0) continue;
    struct pollfd all = {p[end], 0x7fff, 0}, none = {p[end], 0, 0};
    int count = poll(&all, 1, 0), few = poll(&none, 1, 0);
    say("%s, %s end: %d %#x, nothing asked: %d %#x", label, end ? "write" : "read", count, all.revents, few,
        none.revents);
  }
}

int main(void) {
  NEED(pipe(p));
  CHECK("poll", "both ends open");
  state("empty");
  NEED(write(p[1], "x", 1));
  state("a byte");
  NEED(write(p[1], data, 61439));
  state("fifteen pages");
  NEED(write(p[1], data, 1));
  state("sixteen pages");
  NEED(write(p[1], data, 4095));
  state("full");
  NEED(read(p[0], data, 4095));
  state("a byte less than a page read");
  NEED(read(p[0], data, 1));
  state("a page read");
  NEED(read(p[0], data, sizeof data));
  state("empty again");
  CHECK("poll", "no writer");
  NEED(write(p[1], "x", 1));
  close(p[1]);
  state("a byte left");
  NEED(read(p[0], data, 1));
  state("nothing left");
  CHECK("poll", "no reader");
  NEED(pipe(p));
  close(p[0]);
  state("empty");
  NEED(pipe(p));
  NEED(write(p[1], data, sizeof data));
  close(p[0]);
  state("full");
  CHECK("poll", "packets");
  NEED(pipe2(p, O_DIRECT));
  for (int i = 0; i < 15; i++) NEED(write(p[1], "x", 1));
  state("fifteen");
  NEED(write(p[1], "x", 1));
  state("sixteen");
  return 0;
}
