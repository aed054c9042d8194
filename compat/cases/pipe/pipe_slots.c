// covers: write
// A pipe has sixteen pages: how many writes of one size fit, and how many bytes they are.
#include "case.h"

static char data[16384];

static void fill(int size) {
  int p[2], count = 0, left = 0;
  NEED(pipe2(p, O_NONBLOCK));
  while (write(p[1], data, size) == size) count++;
  NEED(ioctl(p[0], FIONREAD, &left));
  say("%d bytes a write: %d writes, %d bytes", size, count, left);
  close(p[0]);
  close(p[1]);
}

int main(void) {
  CHECK("write", "small writes share pages");
  fill(1);
  fill(2);
  fill(64);
  fill(1000);
  fill(1024);
  CHECK("write", "what does not fit behind the last bytes takes a page of its own");
  fill(1365);
  fill(1366);
  fill(2048);
  fill(2049);
  fill(3000);
  fill(4095);
  fill(4096);
  CHECK("write", "more than a page");
  fill(4097);
  fill(5000);
  fill(6000);
  fill(8191);
  fill(8192);
  fill(12289);
  fill(16384);
  return 0;
}
