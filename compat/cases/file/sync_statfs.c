// covers: fsync fdatasync sync syncfs sync_file_range statfs fstatfs
// Flushing, and what a file system says of itself.
#include "case.h"

#include <sys/vfs.h>
int main(void) {
  put("f", "x");
  int fd = NEED(open("f", O_RDWR)), dir = NEED(open(".", O_RDONLY)), pipes[2];
  NEED(pipe(pipes));
  R(fsync(fd));
  R(fdatasync(fd));
  R(fsync(dir));
  R(syncfs(fd));
  R(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
  R(sync_file_range(fd, 0, 0, 99));
  R(fsync(pipes[0]));
  R(fsync(-1));
  R(syncfs(-1));
  struct statfs a, b;
  R(statfs(".", &a));
  R(fstatfs(fd, &b));
  T(a.f_type == b.f_type && a.f_bsize == b.f_bsize);
  T(a.f_bsize >= 512 && a.f_blocks >= a.f_bfree && a.f_bfree >= a.f_bavail);
  R(a.f_namelen);
  R(statfs("/proc", &a));
  say("/proc: %#lx", (long)a.f_type);
  R(statfs("/proc/self/fd", &a));
  say("fd: %#lx", (long)a.f_type);
  R(fstatfs(pipes[0], &a));
  say("pipe: %#lx", (long)a.f_type);
  R(statfs("missing", &a));
  R(statfs("f/x", &a));
  R(fstatfs(-1, &a));
  R(statfs(".", NULL));
  return 0;
}
