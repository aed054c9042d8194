// covers: tee
// tee(2): what is shared, what a full pipe takes, and that nothing is taken away.
#include "case.h"

static char data[65536], back[65536];
static int a[2], b[2];

static void fresh(void) {
  NEED(pipe2(a, O_NONBLOCK));
  NEED(pipe2(b, O_NONBLOCK));
}
static void room(const char *label, int fd) {
  int pages = 0, bytes = 0;
  while (write(fd, data, 4096) == 4096) pages++;
  while (write(fd, data, 1) == 1) bytes++;
  say("%s: %d pages, %d bytes", label, pages, bytes);
}

int main(void) {
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 13 + i / 256);
  CHECK("tee", "the same bytes again and again");
  fresh();
  NEED(write(a[1], data, 6000));
  R(tee(a[0], b[1], 100000, 0));
  R(tee(a[0], b[1], 5000, 0));
  R(read(b[0], back, 6000));
  T(memcmp(back, data, 6000) == 0);
  R(read(b[0], back, 6000));
  T(memcmp(back, data, 5000) == 0);
  R(read(a[0], back, 60000));
  CHECK("tee", "what was copied cannot be added to there, but in its own pipe");
  fresh();
  NEED(write(a[1], data, 100));
  R(tee(a[0], b[1], 100, 0));
  room("copy", b[1]);
  room("original", a[1]);
  CHECK("tee", "as many pages as fit");
  fresh();
  NEED(write(a[1], data, 20480));
  NEED(fcntl(b[1], F_SETPIPE_SZ, 8192));
  R(tee(a[0], b[1], 20480, 0));
  R(tee(a[0], b[1], 20480, 0));
  R(read(b[0], back, 60000));
  CHECK("tee", "packets stay packets");
  fresh();
  NEED(fcntl(a[1], F_SETFL, O_NONBLOCK | O_DIRECT));
  NEED(write(a[1], "one", 3));
  NEED(write(a[1], "three", 5));
  R(tee(a[0], b[1], 7, 0));
  R(read(b[0], back, 60000));
  R(read(b[0], back, 60000));
  R(read(a[0], back, 60000));
  R(read(a[0], back, 60000));
  CHECK("tee", "empty, and without partners");
  signal(SIGPIPE, SIG_IGN);
  fresh();
  R(tee(a[0], b[1], 10, 0));
  close(a[1]);
  R(tee(a[0], b[1], 10, 0));
  fresh();
  NEED(write(a[1], "x", 1));
  close(b[0]);
  R(tee(a[0], b[1], 10, 0));
  CHECK("tee", "waits for data and for room");
  NEED(pipe(a));
  NEED(pipe(b));
  int status;
  pid_t child = CHILD({
    sleep_ms(30);
    NEED(write(a[1], "late", 4));
  });
  R(tee(a[0], b[1], 10, 0));
  NEED(waitpid(child, &status, 0));
  NEED(read(b[0], back, 4));
  NEED(write(b[1], data, sizeof data));
  child = CHILD({
    sleep_ms(30);
    NEED(read(b[0], back, sizeof back));
  });
  R(tee(a[0], b[1], 10, 0));
  NEED(waitpid(child, &status, 0));
  R(tee(a[0], b[1], (size_t)-1, SPLICE_F_NONBLOCK));
  return 0;
}
