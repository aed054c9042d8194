// covers: sendfile
// Where sendfile stores the position: also when nothing was copied, and never through memory that may not be written.
#include "case.h"

#include <sys/sendfile.h>
int main(void) {
  put("in", "");
  int in = NEED(open("in", O_RDWR)), out = NEED(open("out", O_CREAT | O_WRONLY, 0600));
  static const int rights[] = {PROT_NONE, PROT_READ, PROT_EXEC, PROT_READ | PROT_WRITE};
  CHECK("sendfile", "needs a position that it can write, even for an empty file");
  for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
    off_t *at = mmap(NULL, 4096, rights[i], MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    R(sendfile(out, in, at, 1));
  }
  CHECK("sendfile", "moves the position by what was copied");
  NEED(write(in, "0123456789", 10));
  off_t at = 2;
  R(sendfile(out, in, &at, 3));
  T(at == 5);
  R(sendfile(out, in, &at, 100));
  T(at == 10);
  R(sendfile(out, in, &at, 100));
  T(at == 10);
  return 0;
}
