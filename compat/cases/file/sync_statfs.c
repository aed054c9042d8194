// Flushing, and what a file system says of itself.
#include "case.h"

#include <sys/vfs.h>
int main(void) {
  put("f", "x");
  int fd = NEED(open("f", O_RDWR)), dir = NEED(open(".", O_RDONLY)), pipes[2];
  NEED(pipe(pipes));
  CHECK("fsync", "a file, a directory, a pipe");
  R(fsync(fd));
  R(fsync(dir));
  R(fsync(pipes[0]));
  R(fsync(-1));
  CHECK("fdatasync", "fdatasync: a file");
  R(fdatasync(fd));
  CHECK("syncfs", "syncfs: a file");
  R(syncfs(fd));
  CHECK("sync_file_range(SYNC_FILE_RANGE_WRITE)", "a file, unknown flags");
  R(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
  R(sync_file_range(fd, 0, 0, 99));
  CHECK("syncfs", "syncfs: no descriptor");
  R(syncfs(-1));
  struct statfs a, b;
  CHECK("statfs fstatfs", "agree");
  R(statfs(".", &a));
  R(fstatfs(fd, &b));
  T(a.f_type == b.f_type && a.f_bsize == b.f_bsize);
  T(a.f_bsize >= 512 && a.f_blocks >= a.f_bfree && a.f_bfree >= a.f_bavail);
  R(a.f_namelen);
  CHECK("statfs", "/proc");
  R(statfs("/proc", &a));
  say("/proc: %#lx", (long)a.f_type);
  R(statfs("/proc/self/fd", &a));
  say("fd: %#lx", (long)a.f_type);
  CHECK("fstatfs", "a pipe");
  R(fstatfs(pipes[0], &a));
  say("pipe: %#lx", (long)a.f_type);
  CHECK("statfs", "names and pointers");
  R(statfs("missing", &a));
  R(statfs("f/x", &a));
  CHECK("fstatfs", "fstatfs: no descriptor");
  R(fstatfs(-1, &a));
  return 0;
}
