// covers: mmap mprotect
// A shared mapping of what was opened for reading can never be made writable; a private one can.
#include "case.h"

static void check(const char *name) {
  int fd = NEED(open(name, O_RDONLY));
  char *shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  T(shared != MAP_FAILED);
  R(mprotect(shared, 4096, PROT_READ | PROT_WRITE));
  R(mprotect(shared, 4096, PROT_WRITE));
  char *private = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  T(private != MAP_FAILED);
  R(mprotect(private, 4096, PROT_READ | PROT_WRITE));
  private[0] = 'x';
  T(private[0] == 'x');
}
int main(void) {
  put("f", "contents");
  CHECK("mprotect", "keeps a shared mapping of a read-only file as it is");
  check("f");
  CHECK("mprotect", "keeps a shared mapping of /dev/zero opened for reading as it is");
  check("/dev/zero");
  int fd = NEED(open("/dev/zero", O_RDWR));
  char *shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  R(mprotect(shared, 4096, PROT_READ | PROT_WRITE));
  return 0;
}
