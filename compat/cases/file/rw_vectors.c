// Vectors: order, empty parts, limits and flags.
#include "case.h"

#define V(base, size) ((struct iovec){(void *)(base), size})
int main(void) {
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  struct iovec out[] = {V("one ", 4), V("", 0), V("two ", 4), V("three", 5)};
  CHECK("writev", "parts in order");
  R(writev(fd, out, 4));
  char a[4] = {0}, b[16] = {0};
  struct iovec in[] = {V(a, 3), V(b, 15)};
  CHECK("readv", "parts in order, and the end of the file");
  R(lseek(fd, 0, SEEK_SET));
  R(readv(fd, in, 2));
  say("'%s' '%s'", a, b);
  R(readv(fd, in, 2));
  CHECK("preadv", "at a position");
  R(preadv(fd, in, 2, 4));
  say("'%s' '%s'", a, b);
  CHECK("pwritev", "beyond the end");
  R(pwritev(fd, out, 1, 30));
  CHECK("preadv", "a negative position");
  R(preadv(fd, in, 2, -1));
  CHECK("preadv2(RWF_NOWAIT)", "what is in the cache; an unknown flag");
  R(preadv2(fd, in, 1, 0, RWF_NOWAIT) >= 0 || errno == EAGAIN);
  R(preadv2(fd, in, 1, 0, 0x4000));
  CHECK("preadv2", "position -1 is the offset");
  R(lseek(fd, 0, SEEK_SET));
  R(preadv2(fd, in, 1, -1, 0));
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("pwritev2(RWF_APPEND)", "at the end, the offset stays");
  R(pwritev2(fd, out, 1, 0, RWF_APPEND));
  R(lseek(fd, 0, SEEK_CUR));
  R(lseek(fd, 0, SEEK_END));
  CHECK("readv", "counts and lengths");
  R(readv(fd, in, 0));
  R(readv(fd, in, -1));
  struct iovec many[1025];
  for (int i = 0; i < 1025; i++) many[i] = V(b, 0);
  R(readv(fd, many, 1024));
  R(readv(fd, many, 1025));
  in[0].iov_len = (size_t)-1;
  R(readv(fd, in, 1));
  CHECK("writev", "a bad vector");
  R(writev(fd, NULL, 1));
  return 0;
}
