// covers: splice
// From pipe to pipe: pages move as they are, and those that move in part can no longer be added to.
#include "case.h"

static char data[65536], back[65536];
static int a[2], b[2];

static void fresh(void) {
  NEED(pipe2(a, O_NONBLOCK));
  NEED(pipe2(b, O_NONBLOCK));
}
static void inside(const char *label) {
  int first, second;
  NEED(ioctl(a[0], FIONREAD, &first));
  NEED(ioctl(b[0], FIONREAD, &second));
  say("%s: %d and %d", label, first, second);
}
/* Pages and then bytes that the second pipe still takes. */
static void room(const char *label) {
  int pages = 0, bytes = 0;
  while (write(b[1], data, 4096) == 4096) pages++;
  while (write(b[1], data, 1) == 1) bytes++;
  say("%s: %d pages, %d bytes", label, pages, bytes);
}

int main(void) {
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 13 + i / 256);
  CHECK("splice", "as much as there is, or as is asked for");
  fresh();
  NEED(write(a[1], data, 10000));
  R(splice(a[0], NULL, b[1], NULL, 5000, 0));
  inside("5000 asked");
  R(splice(a[0], NULL, b[1], NULL, 100000, 0));
  inside("all asked");
  R(splice(a[0], NULL, b[1], NULL, 1, 0));
  ssize_t n = R(read(b[0], back, sizeof back));
  T(memcmp(back, data, n) == 0);
  CHECK("splice", "a page that moved as a whole can be added to, one in part cannot");
  fresh();
  NEED(write(a[1], data, 100));
  R(splice(a[0], NULL, b[1], NULL, 100, 0));
  room("whole");
  fresh();
  NEED(write(a[1], data, 100));
  R(splice(a[0], NULL, b[1], NULL, 50, 0));
  room("part");
  CHECK("splice", "many small pages fill the other pipe");
  fresh();
  NEED(fcntl(a[1], F_SETPIPE_SZ, 131072));
  NEED(fcntl(a[1], F_SETFL, O_NONBLOCK | O_DIRECT));
  for (int i = 0; i < 20; i++) NEED(write(a[1], data + i * 10, 10));
  NEED(fcntl(b[1], F_SETPIPE_SZ, 16384));
  R(splice(a[0], NULL, b[1], NULL, 1000, 0));
  inside("four pages");
  R(splice(a[0], NULL, b[1], NULL, 1000, 0));
  CHECK("splice", "packets stay packets");
  R(read(b[0], back, sizeof back));
  R(read(b[0], back, 3));
  R(read(b[0], back, sizeof back));
  R(splice(a[0], NULL, b[1], NULL, 15, 0));
  R(read(b[0], back, sizeof back));
  R(read(b[0], back, sizeof back));
  R(read(b[0], back, sizeof back));
  CHECK("splice", "a full pipe keeps what it has");
  fresh();
  NEED(write(b[1], data, sizeof data));
  NEED(write(a[1], data, 100));
  R(splice(a[0], NULL, b[1], NULL, 100, 0));
  inside("full");
  CHECK("splice", "the same pipe by other descriptors");
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", a[0]);
  R(splice(a[0], NULL, a[1], NULL, 10, 0));
  R(splice(a[0], NULL, NEED(open(name, O_WRONLY)), NULL, 10, 0));
  CHECK("splice", "without writers it is the end, without readers EPIPE");
  signal(SIGPIPE, SIG_IGN);
  fresh();
  close(a[1]);
  R(splice(a[0], NULL, b[1], NULL, 10, 0));
  fresh();
  NEED(write(a[1], data, 100));
  close(b[0]);
  R(splice(a[0], NULL, b[1], NULL, 10, 0));
  fresh();
  close(b[0]);
  R(splice(a[0], NULL, b[1], NULL, 10, 0));
  return 0;
}
