// Shared mappings and read/write see the same bytes; private ones keep theirs.
#include "case.h"

int main(void) {
  CHECK("mmap(MAP_SHARED)", "sees what is written");
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  NEED(ftruncate(fd, 8192));
  char *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char *again = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
  char *private = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  T(shared != MAP_FAILED && again != MAP_FAILED && private != MAP_FAILED);
  NEED(pwrite(fd, "written", 7, 0));
  say("shared sees %.7s", shared);
  CHECK("pread64", "sees what was stored");
  memcpy(shared + 4096, "stored", 6);
  char text[16] = {0};
  R(pread(fd, text, 6, 4096));
  say("read sees %s, second mapping sees %.6s", text, again);
  CHECK("mmap(MAP_PRIVATE)", "keeps its own");
  memcpy(private + 100, "mine", 4);
  R(pread(fd, text, 4, 100));
  T(text[0] == 0 && shared[100] == 0);
  CHECK("mmap(MAP_SHARED)", "sees what another descriptor writes");
  memcpy(shared + 200, "later", 5);
  int other = NEED(open("f", O_RDWR));
  NEED(pwrite(other, "OTHER", 5, 300));
  say("shared sees %.5s", shared + 300);
  CHECK("mmap(MAP_SHARED|MAP_PRIVATE)", "across a fork");
  pid_t child = CHILD({
    memcpy(shared + 400, "child", 5);
    memcpy(private + 400, "child", 5);
  });
  reap("child", child);
  say("shared sees %.5s", shared + 400);
  T(private[400] == 0 || memcmp(private + 400, "child", 5) != 0);
  say("private keeps %.4s", private + 100);
  CHECK("msync(MS_SYNC) munmap", "the file has it all");
  R(msync(shared, 8192, MS_SYNC));
  R(munmap(shared, 8192));
  close(fd);
  say("still mapped: %.6s", again);
  R(pread(other, text, 5, 200));
  say("%.5s", text);
  CHECK("unlink", "what is mapped stays");
  NEED(unlink("f"));
  say("unlinked, still mapped: %.6s", again);
  return 0;
}
