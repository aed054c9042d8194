// covers: vmsplice
// vmsplice(2): each page of memory that is touched is one of the pipe's.
#include "case.h"

static char back[70000];

static void drain(int fd) {
  while (read(fd, back, sizeof back) > 0) {
  }
}

int main(void) {
  int p[2], inside;
  char *memory = mmap(NULL, 200000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < 200000; i++) memory[i] = (char)(i * 7);
  NEED(pipe2(p, O_NONBLOCK));
  CHECK("vmsplice", "single bytes take a page each");
  struct iovec one = {memory, 1};
  int count = 0;
  while (vmsplice(p[1], &one, 1, SPLICE_F_NONBLOCK) == 1) count++;
  say("%d, then %s", count, errno_name(errno));
  drain(p[0]);
  CHECK("vmsplice", "from the middle of a page one page less fits");
  struct iovec many = {memory + 100, 100000};
  R(vmsplice(p[1], &many, 1, 0));
  drain(p[0]);
  many.iov_base = memory + 4096;
  R(vmsplice(p[1], &many, 1, 0));
  R(read(p[0], back, sizeof back));
  T(memcmp(back, memory + 4096, 65536) == 0);
  CHECK("vmsplice", "parts take pages of their own");
  struct iovec parts[20];
  for (int i = 0; i < 20; i++) parts[i] = (struct iovec){memory + i * 10, 10};
  R(vmsplice(p[1], parts, 20, 0));
  NEED(ioctl(p[0], FIONREAD, &inside));
  R(inside);
  drain(p[0]);
  parts[1].iov_len = 0;
  R(vmsplice(p[1], parts, 3, 0));
  drain(p[0]);
  CHECK("vmsplice", "is not added to by write(2)");
  NEED(vmsplice(p[1], &one, 1, 0));
  NEED(write(p[1], "x", 1));
  count = 0;
  while (write(p[1], memory, 4096) == 4096) count++;
  say("%d pages more", count);
  drain(p[0]);
  CHECK("vmsplice", "bad addresses");
  struct iovec bad[2] = {{memory, 10}, {(void *)8, 10}};
  R(vmsplice(p[1], bad, 2, 0));
  R(vmsplice(p[1], bad + 1, 1, 0));
  R(vmsplice(p[1], (struct iovec *)8, 1, 0));
  R(vmsplice(p[1], bad, 1025, 0));
  R(vmsplice(99, bad, 1, 0));
  drain(p[0]);
  CHECK("vmsplice", "out of a pipe into parts");
  NEED(write(p[1], "0123456789", 10));
  struct iovec in[3] = {{back, 3}, {back + 10, 0}, {back + 20, 30}};
  R(vmsplice(p[0], in, 3, 0));
  say("%.3s %.7s", back, back + 20);
  R(vmsplice(p[0], in, 3, SPLICE_F_NONBLOCK));
  close(p[1]);
  R(vmsplice(p[0], in, 3, 0));
  CHECK("vmsplice", "without readers");
  signal(SIGPIPE, SIG_IGN);
  NEED(pipe(p));
  close(p[0]);
  R(vmsplice(p[1], &one, 1, 0));
  R(vmsplice(p[1], &one, 0, 0));
  CHECK("vmsplice", "O_NONBLOCK does not keep it from waiting");
  NEED(pipe2(p, O_NONBLOCK));
  many.iov_base = memory;
  NEED(vmsplice(p[1], &many, 1, 0));
  pid_t child = CHILD({
    sleep_ms(40);
    NEED(read(p[0], back, 8192));
  });
  R(vmsplice(p[1], &many, 1, 0));
  reap("reader", child);
  return 0;
}
