// covers: fstat write read
// Attributes of a FIFO in a directory: reading and writing change its times, never its size.
#include "case.h"

static int newer(struct timespec a, struct timespec b) {
  return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

int main(void) {
  struct stat before, after;
  NEED(mkfifo("f", 0640));
  CHECK("stat", "type, mode, no size");
  NEED(stat("f", &before));
  say("%o, %d bytes, %d blocks, nlink %d", before.st_mode, (int)before.st_size, (int)before.st_blocks,
      (int)before.st_nlink);
  int fd = NEED(open("f", O_RDWR));
  CHECK("write", "changes the time of modification");
  sleep_ms(20);
  NEED(write(fd, "some", 4));
  NEED(stat("f", &after));
  say("mtime %d, ctime %d, size %d", newer(after.st_mtim, before.st_mtim),
      newer(after.st_ctim, before.st_ctim), (int)after.st_size);
  CHECK("read", "changes no time of modification");
  before = after;
  char text[8];
  sleep_ms(20);
  NEED(read(fd, text, 4));
  NEED(fstat(fd, &after));
  say("mtime %d, ctime %d", newer(after.st_mtim, before.st_mtim), newer(after.st_ctim, before.st_ctim));
  CHECK("truncate ftruncate", "there is nothing to cut");
  R(truncate("f", 0));
  R(ftruncate(fd, 0));
  CHECK("fsync", "there is nothing to write back");
  R(fsync(fd));
  CHECK("mknodat", "mode and umask");
  umask(027);
  NEED(mkfifo("g", 0777));
  NEED(stat("g", &after));
  say("%o", after.st_mode);
  R(mkfifo("g", 0777));
  R(mkfifo("none/g", 0777));
  R(mkfifo("f/g", 0777));
  return 0;
}
