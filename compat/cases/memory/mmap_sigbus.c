// Touching a mapping beyond the end of its file is SIGBUS; the last page's rest reads as zeros.
#include "case.h"

#include <setjmp.h>
static sigjmp_buf back;
static volatile int code, which;
static char *volatile address;
static void handler(int signal, siginfo_t *info, void *context) {
  which = signal, code = info->si_code, address = info->si_addr;
  siglongjmp(back, 1);
}
static void touch(const char *label, volatile char *at, bool store) {
  if (sigsetjmp(back, 1) == 0) {
    char value = store ? (*at = 'x') : *at;
    say("%s: %d", label, value);
  } else {
    say("%s: SIG%s code %d, address %s", label, sigabbrev_np(which), code, address == at ? "right" : "wrong");
  }
}
int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGBUS, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  NEED(ftruncate(fd, 5000));
  char *map = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  CHECK("mmap", "the rest of the last page is zeros, beyond is SIGBUS");
  touch("inside", map + 4999, false);
  touch("rest of the last page", map + 8000, false);
  touch("beyond", map + 8192, false);
  touch("beyond, store", map + 12288, true);
  CHECK("ftruncate", "a mapping grows and shrinks with its file");
  NEED(ftruncate(fd, 16384));
  touch("after growing", map + 8192, true);
  NEED(ftruncate(fd, 0));
  touch("after shrinking", map, false);
  CHECK("mmap(PROT_READ)", "stores are SIGSEGV");
  char *reader = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  NEED(ftruncate(fd, 4096));
  touch("read-only", reader, true);
  touch("read-only, load", reader, false);
  CHECK("munmap", "loads are SIGSEGV");
  NEED(munmap(reader, 4096));
  touch("unmapped", reader, false);
  CHECK("mmap(MAP_PRIVATE)", "an empty file is SIGBUS");
  int empty = NEED(open("e", O_RDWR | O_CREAT, 0644));
  char *none = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, empty, 0);
  touch("private of an empty file", none, true);
  return 0;
}
