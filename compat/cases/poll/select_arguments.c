// covers: select pselect6
// Arguments of select(2): counts, closed descriptors, bits that are left alone.
#include "case.h"

static long raw(int n, void *r, void *w, void *e) {
  struct timeval zero = {0, 0};
  return syscall(SYS_select, n, r, w, e, &zero);
}

int main(void) {
  int p[2];
  NEED(pipe(p));
  NEED(write(p[1], "x", 1));
  NEED(dup2(p[0], 60));
  NEED(dup2(p[1], 61));
  uint64_t r[32] = {0}, w[32] = {0}, e[32] = {0};
  CHECK("select", "three sets, and the count of all bits");
  r[0] = 1ul << 60 | 1ul << 61;
  w[0] = 1ul << 61 | 1ul << 60;
  e[0] = 1ul << 60;
  R(raw(62, r, w, e));
  say("%#lx %#lx %#lx", r[0], w[0], e[0]);
  CHECK("select", "descriptors at and above the count are not looked at");
  r[0] = 1ul << 60 | 1ul << 61;
  r[1] = 5;
  R(raw(61, r, NULL, NULL));
  say("%#lx %#lx", r[0], r[1]);
  r[0] = 1ul << 60;
  R(raw(60, r, NULL, NULL));
  say("%#lx", r[0]);
  R(raw(0, r, NULL, NULL));
  CHECK("select", "a closed one is EBADF, and the sets stay as they are");
  r[0] = 1ul << 60 | 1ul << 40;
  R(raw(62, r, NULL, NULL));
  say("%#lx", r[0]);
  w[0] = 1ul << 40;
  R(raw(62, NULL, w, NULL));
  e[0] = 1ul << 40;
  R(raw(62, NULL, NULL, e));
  CHECK("select", "counts beyond the table are cut");
  memset(r, 0, sizeof r);
  r[0] = 1ul << 60;
  r[31] = ~0ul;
  R(raw(2048, r, NULL, NULL));
  say("%#lx %d", r[0], r[31] == ~0ul);
  R(raw(-1, r, NULL, NULL));
  r[0] = 1ul << 60;
  R(raw(0x7fffffff, r, NULL, NULL));
  say("%#lx", r[0]);
  CHECK("select", "more than FD_SETSIZE descriptors");
  struct rlimit limit = {2048, 2048};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  NEED(dup2(p[0], 1500));
  memset(r, 0, sizeof r);
  r[1500 / 64] = 1ul << 1500 % 64;
  R(raw(1501, r, NULL, NULL));
  say("%#lx", r[1500 / 64]);
  CHECK("select", "bad addresses");
  R(raw(61, (void *)8, NULL, NULL));
  R(raw(0, (void *)8, NULL, NULL));
  R(syscall(SYS_select, 0, NULL, NULL, NULL, (void *)8));
  uint64_t *fixed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fixed[0] = 1ul << 60;
  NEED(mprotect(fixed, 4096, PROT_READ));
  R(raw(61, fixed, NULL, NULL));
  CHECK("select", "a path is no open file");
  NEED(dup2(NEED(open(".", O_PATH)), 50));
  r[0] = 1ul << 50;
  R(raw(62, r, NULL, NULL));
  CHECK("select", "files and directories are ready");
  NEED(dup2(NEED(open(".", O_RDONLY)), 50));
  r[0] = w[0] = e[0] = 1ul << 50;
  R(raw(62, r, w, e));
  say("%#lx %#lx %#lx", r[0], w[0], e[0]);
  return 0;
}
