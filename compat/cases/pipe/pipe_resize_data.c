// covers: fcntl
// F_SETPIPE_SZ while there is data inside: it stays, and pages in use count, not bytes.
#include "case.h"

static char data[65536], back[200000];

int main(void) {
  int p[2];
  NEED(pipe2(p, O_NONBLOCK));
  CHECK("fcntl(F_SETPIPE_SZ)", "data stays in order when a pipe grows and shrinks");
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 31 + i / 256);
  NEED(write(p[1], data, 30000));
  NEED(read(p[0], back, 10000));
  NEED(write(p[1], data + 30000, 20000));
  R(fcntl(p[1], F_SETPIPE_SZ, 262144));
  R(write(p[1], data + 50000, 15536));
  R(fcntl(p[0], F_SETPIPE_SZ, 65536));
  ssize_t got = R(read(p[0], back, sizeof back));
  T(memcmp(back, data + 10000, got) == 0);
  CHECK("fcntl(F_SETPIPE_SZ)", "counts pages in use");
  for (int i = 0; i < 5; i++) NEED(write(p[1], data, 3000));
  R(fcntl(p[1], F_SETPIPE_SZ, 16384));
  R(fcntl(p[1], F_SETPIPE_SZ, 16385));
  NEED(read(p[0], back, 3000));
  R(fcntl(p[1], F_SETPIPE_SZ, 16384));
  R(fcntl(p[1], F_SETPIPE_SZ, 8192));
  R(write(p[1], data, 4096));
  R(fcntl(p[1], F_GETPIPE_SZ));
  CHECK("fcntl(F_SETPIPE_SZ)", "growing lets a waiting writer go on");
  NEED(pipe(p));
  NEED(write(p[1], data, sizeof data));
  pid_t child = CHILD({ _exit(write(p[1], data, 4096) == 4096 ? 7 : 8); });
  sleep_ms(30);
  R(fcntl(p[0], F_SETPIPE_SZ, 131072));
  reap("writer", child);
  CHECK("fcntl(F_SETPIPE_SZ)", "a page is the least, also when it is empty");
  NEED(pipe2(p, O_NONBLOCK));
  R(fcntl(p[1], F_SETPIPE_SZ, 0));
  R(write(p[1], data, 5000));
  R(write(p[1], data, 1));
  R(fcntl(p[1], F_SETPIPE_SZ, 4096));
  R(fcntl(p[1], F_SETPIPE_SZ, -1));
  R(fcntl(1, F_GETPIPE_SZ) == 0);
  int null = NEED(open("/dev/null", O_RDWR));
  R(fcntl(null, F_GETPIPE_SZ));
  R(fcntl(null, F_SETPIPE_SZ, 4096));
  return 0;
}
