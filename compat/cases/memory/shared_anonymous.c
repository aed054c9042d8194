// Shared anonymous memory is one across fork, private memory is copied.
#include "case.h"

int main(void) {
  CHECK("mmap(MAP_SHARED|MAP_ANONYMOUS)", "is one for all children, private memory is not");
  atomic_int *shared = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int *private = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *private = 1;
  for (int i = 0; i < 4; i++)
    CHILD({
      for (int k = 0; k < 10000; k++) atomic_fetch_add(shared, 1);
      *private = 100;
    });
  while (wait(NULL) > 0) {
  }
  say("shared %d private %d", atomic_load(shared), *private);
  CHECK("mmap(MAP_SHARED|MAP_ANONYMOUS)", "of a grandchild");
  pid_t child = CHILD({
    int *grand = (int *)shared + 1000;
    pid_t inner = CHILD(*grand = 77);
    waitpid(inner, NULL, 0);
    say("grandchild wrote %d", *grand);
  });
  reap("child", child);
  say("seen by the first: %d", ((int *)shared)[1000]);
  CHECK("mprotect", "mprotect: in one process");
  R(mprotect((char *)shared + 4096, 4096, PROT_READ));
  reap("writer", CHILD(((char *)shared)[5000] = 1));
  CHECK("munmap", "munmap: in one process");
  R(munmap((void *)shared, 1 << 20));
  child = CHILD(atomic_store(shared, 1));
  reap("after munmap", child);
  return 0;
}
