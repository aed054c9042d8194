// covers: write read splice tee vmsplice fcntl
// Random sequences of calls on a few pipes and a file: every result is compared.
#include "case.h"

#include <sys/sendfile.h>
enum { PIPES = 3, STEPS = 150 };
static uint64_t state;
static unsigned below(unsigned n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state >> 11) % n;
}

static char data[300000], room[300000];
/* What is read from a file are its pages: the one that is written to is another. */
static int p[PIPES][2], file, out;

static unsigned size(void) {
  switch (below(5)) {
    case 0:
      return 1 + below(10);
    case 1:
      return 4090 + below(12);
    case 2:
      return below(5000);
    case 3:
      return 4096 * below(20);
    default:
      return below(100000);
  }
}
/* A sum that depends on the order of the bytes. */
static unsigned sum(long n) {
  unsigned h = 7;
  for (long i = 0; i < n; i++) h = h * 31 + (unsigned char)room[i];
  return h;
}

static void step(int number) {
  int a = (int)below(PIPES), b = (int)below(PIPES), inside[PIPES];
  unsigned n = size(), at = below(100000);
  loff_t offset = at;
  long r = 0;
  unsigned check = 0;
  const char *what = "";
  switch (below(14)) {
    case 0:
    case 1:
    case 2:
      what = "write";
      r = write(p[a][1], data + at, n);
      break;
    case 3:
    case 4:
    case 5:
      what = "read";
      r = read(p[a][0], room, n);
      if (r > 0) check = sum(r);
      break;
    case 6:
      what = "splice";
      r = splice(p[a][0], NULL, p[b][1], NULL, n, SPLICE_F_NONBLOCK);
      break;
    case 7:
      what = "tee";
      r = tee(p[a][0], p[b][1], n, SPLICE_F_NONBLOCK);
      break;
    case 8:
      what = "from file";
      r = splice(file, &offset, p[a][1], NULL, n, SPLICE_F_NONBLOCK);
      break;
    case 9:
      what = "to file";
      r = splice(p[a][0], NULL, out, &offset, n, SPLICE_F_NONBLOCK);
      break;
    case 10: {
      what = "vmsplice";
      struct iovec parts[2] = {{data + at, n}, {data + at / 2, n / 2}};
      r = vmsplice(p[a][1], parts, 2, SPLICE_F_NONBLOCK);
      break;
    }
    case 11:
      what = "size";
      r = fcntl(p[a][0], F_SETPIPE_SZ, 4096 << below(6));
      break;
    case 12:
      what = "packets";
      r = fcntl(p[a][1], F_SETFL, O_NONBLOCK | (below(2) ? O_DIRECT : 0));
      break;
    default:
      what = "sendfile";
      r = sendfile(p[a][1], file, &offset, n);
      break;
  }
  int error = r < 0 ? errno : 0;
  int ready = 0;
  for (int i = 0; i < PIPES; i++) {
    NEED(ioctl(p[i][0], FIONREAD, &inside[i]));
    struct pollfd f[2] = {{p[i][0], POLLIN, 0}, {p[i][1], POLLOUT, 0}};
    poll(f, 2, 0);
    ready = ready * 4 + (f[0].revents != 0) * 2 + (f[1].revents != 0);
  }
  say("%d %s %d %d %u: %ld %s %x, inside %d %d %d, ready %o", number, what, a, b, n, r,
      error ? errno_name(error) : "", check, inside[0], inside[1], inside[2], ready);
}

/* For other sequences: @NUMBER as the first argument. */
int main(int argc, char **argv) {
  static const uint64_t seeds[] = {88172645463325252u, 1234567890123u, 555555555551u};
  static const char *const titles[] = {"a sequence", "another sequence", "a third sequence"};
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 131 + i / 251);
  file = NEED(open("f", O_RDWR | O_CREAT, 0600));
  NEED(write(file, data, 200000));
  out = NEED(open("o", O_RDWR | O_CREAT, 0600));
  for (int k = 0; k < 3; k++) {
    state = argc > 1 ? strtoull(argv[1] + 1, NULL, 10) * 2654435761u + k + 1 : seeds[k];
    CHECK("write read splice tee vmsplice fcntl(F_SETPIPE_SZ|F_SETFL)", titles[k]);
    for (int i = 0; i < PIPES; i++) NEED(pipe2(p[i], O_NONBLOCK));
    for (int i = 0; i < STEPS; i++) step(i);
    for (int i = 0; i < PIPES; i++) {
      close(p[i][0]);
      close(p[i][1]);
    }
  }
  return 0;
}
