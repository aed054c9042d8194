// covers: read write readv writev
// Bad addresses: what came before them counts, and what could not be handed over stays.
#include "case.h"

static char *edge;

int main(void) {
  int p[2];
  char text[64];
  /* Two pages of which the second is missing. */
  edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(edge, 'e', 8192);
  munmap(edge + 4096, 4096);
  NEED(pipe2(p, O_NONBLOCK));
  CHECK("write", "nothing of a page that cannot be read");
  R(write(p[1], edge + 4096, 10));
  R(write(p[1], edge + 4090, 10));
  R(write(p[1], (void *)8, 10));
  R(read(p[0], text, 64));
  CHECK("write", "whole pages before the bad one arrive");
  R(write(p[1], edge, 8192));
  R(write(p[1], edge + 10, 5000));
  int left;
  NEED(ioctl(p[0], FIONREAD, &left));
  say("%d", left);
  static char drain[65536];
  while (read(p[0], drain, sizeof drain) > 0) {
  }
  CHECK("write", "nothing is added to the last page when part of it is bad");
  NEED(write(p[1], "abc", 3));
  R(write(p[1], edge + 4090, 10));
  R(read(p[0], text, 64));
  CHECK("read", "into a bad address takes nothing away");
  NEED(write(p[1], "0123456789", 10));
  R(read(p[0], edge + 4096, 10));
  R(read(p[0], edge + 4090, 10));
  R(read(p[0], (void *)8, 10));
  R(read(p[0], text, 64));
  CHECK("read", "pages before the bad address are taken");
  NEED(write(p[1], drain, 4096));
  NEED(write(p[1], "tail", 4));
  R(read(p[0], edge, 4100));
  R(read(p[0], text, 64));
  CHECK("writev", "a bad part of a write");
  struct iovec parts[3] = {{"good", 4}, {(void *)8, 4}, {"never", 5}};
  R(writev(p[1], parts, 3));
  R(read(p[0], text, 64));
  parts[1].iov_len = 0;
  R(writev(p[1], parts, 3));
  R(read(p[0], text, 64));
  CHECK("readv", "a bad part of a read");
  NEED(write(p[1], "0123456789", 10));
  struct iovec in[2] = {{text, 4}, {(void *)8, 10}};
  R(readv(p[0], in, 2));
  R(read(p[0], text, 64));
  CHECK("read write", "an empty pipe is looked at before the address, a full one too");
  R(read(p[0], (void *)8, 10));
  while (write(p[1], drain, 4096) > 0) {
  }
  R(write(p[1], (void *)8, 10));
  CHECK("pipe pipe2", "nothing is opened for a bad address");
  int first = NEED(dup(0));
  close(first);
  R(pipe((void *)8));
  R(pipe(NULL));
  R(pipe2((void *)(edge + 4092), 0));
  T(dup(0) == first);
  return 0;
}
