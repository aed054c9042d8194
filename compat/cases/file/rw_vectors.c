// covers: readv writev preadv pwritev preadv2 pwritev2
// Vectors: order, empty parts, limits and flags.
#include "case.h"

#define V(base, size) ((struct iovec){(void *)(base), size})
int main(void) {
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  struct iovec out[] = {V("one ", 4), V("", 0), V("two ", 4), V("three", 5)};
  R(writev(fd, out, 4));
  char a[4] = {0}, b[16] = {0};
  struct iovec in[] = {V(a, 3), V(b, 15)};
  R(lseek(fd, 0, SEEK_SET));
  R(readv(fd, in, 2));
  say("'%s' '%s'", a, b);
  R(readv(fd, in, 2));
  R(preadv(fd, in, 2, 4));
  say("'%s' '%s'", a, b);
  R(pwritev(fd, out, 1, 30));
  R(preadv(fd, in, 2, -1));
  R(preadv2(fd, in, 1, 0, RWF_NOWAIT) >= 0 || errno == EAGAIN);
  R(preadv2(fd, in, 1, 0, 0x4000));
  R(lseek(fd, 0, SEEK_SET));
  R(preadv2(fd, in, 1, -1, 0));
  R(lseek(fd, 0, SEEK_CUR));
  R(pwritev2(fd, out, 1, 0, RWF_APPEND));
  R(lseek(fd, 0, SEEK_CUR));
  R(lseek(fd, 0, SEEK_END));
  R(readv(fd, in, 0));
  R(readv(fd, in, -1));
  struct iovec many[1025];
  for (int i = 0; i < 1025; i++) many[i] = V(b, 0);
  R(readv(fd, many, 1024));
  R(readv(fd, many, 1025));
  in[0].iov_len = (size_t)-1;
  R(readv(fd, in, 1));
  R(writev(fd, NULL, 1));
  return 0;
}
