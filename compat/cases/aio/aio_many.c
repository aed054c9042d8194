// Many requests: as many as there is room for, and in their order.
#include "aio.h"

static struct iocb r[2000], *list[2000];
static struct io_event e[2000];
static int numbers[2000], got[2000];

int main(void) {
  aio_context_t c = 0;
  NEED(io_setup(500, &c));
  int fd = NEED(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
  for (int i = 0; i < 2000; i++) {
    numbers[i] = i;
    r[i] = request_of(IOCB_CMD_PWRITE, fd, &numbers[i], 4, 4 * i);
    r[i].aio_data = i;
    list[i] = &r[i];
  }
  CHECK("io_submit io_getevents", "five hundred at once");
  R(io_submit(c, 500, list));
  long n = 0, seen[500] = {0}, all = 0;
  while (n < 500) {
    long k = NEED(io_getevents(c, 1, 100, e, NULL));
    for (long i = 0; i < k; i++) seen[e[i].data] += e[i].res == 4;
    n += k;
  }
  for (int i = 0; i < 500; i++) all += seen[i] == 1;
  say("%ld, each once: %ld", n, all);
  CHECK("io_submit io_getevents", "again and again through the same context");
  for (int round = 0; round < 20; round++) {
    NEED(io_submit(c, 100, list + 100 * round));
    n = 0;
    while (n < 100) n += NEED(io_getevents(c, 1, 100, e, NULL));
  }
  T(lseek(fd, 0, SEEK_END) == 8000);
  NEED(pread(fd, got, sizeof got, 0));
  T(memcmp(got, numbers, sizeof got) == 0);
  CHECK("io_submit", "more than there is room for");
  n = io_submit(c, 2000, list);
  T(n >= 500 && n < 2000);
  R(io_submit(c, 1, list));
  T(io_getevents(c, n, 2000, e, NULL) == n);
  R(io_submit(c, 1, list));
  R(io_getevents(c, 1, 1, e, NULL));
  CHECK("io_getevents", "what is asked for");
  R(io_getevents(c, 5, 4, e, NULL));
  R(io_getevents(c, -1, 4, e, NULL));
  R(io_getevents(c, 0, 0, e, NULL));
  R(io_getevents(c, 0, -1, e, NULL));
  CHECK("io_getevents", "memory that is not there");
  NEED(io_submit(c, 1, list));
  R(io_getevents(c, 1, 1, (void *)8, NULL));
  return 0;
}
