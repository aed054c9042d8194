// covers: write read
// When a write is added to the newest page of a pipe: only if all that is more than whole pages fits there.
#include "case.h"

static char data[65536];
static int p[2];

/* How many more single bytes, then pages, the pipe takes. */
static void room(const char *label) {
  int bytes = 0, pages = 0;
  while (write(p[1], data, 4096) == 4096) pages++;
  while (write(p[1], data, 1) == 1) bytes++;
  say("%s: %d pages, then %d bytes", label, pages, bytes);
  while (read(p[0], data, sizeof data) > 0) {
  }
}

int main(void) {
  NEED(pipe2(p, O_NONBLOCK));
  CHECK("write", "the rest of a page is filled up by what fits as a whole");
  NEED(write(p[1], data, 4000));
  NEED(write(p[1], data, 96));
  room("4000 and 96");
  NEED(write(p[1], data, 4000));
  NEED(write(p[1], data, 97));
  room("4000 and 97");
  NEED(write(p[1], data, 10));
  NEED(write(p[1], data, 4096 + 20));
  room("10 and a page and 20");
  NEED(write(p[1], data, 4000));
  NEED(write(p[1], data, 4096 + 200));
  room("4000 and a page and 200");
  CHECK("read", "what is read in part leaves its place used");
  NEED(write(p[1], data, 4096));
  NEED(read(p[0], data, 4000));
  NEED(write(p[1], data, 1));
  room("96 bytes at the end of a page, and one");
  NEED(write(p[1], data, 2000));
  NEED(read(p[0], data, 1999));
  NEED(write(p[1], data, 2096));
  room("one byte in the middle, and the rest of its page");
  NEED(write(p[1], data, 2000));
  NEED(read(p[0], data, 1999));
  NEED(write(p[1], data, 2097));
  room("one byte in the middle, and one more than the rest");
  CHECK("read", "reading part of the first page makes no room, reading the whole does");
  NEED(write(p[1], data, 65536));
  NEED(read(p[0], data, 4095));
  R(write(p[1], data, 1));
  NEED(read(p[0], data, 1));
  R(write(p[1], data, 1));
  R(write(p[1], data, 4096));
  R(write(p[1], data, 4095));
  return 0;
}
