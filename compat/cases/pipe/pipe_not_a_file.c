// covers: fstat lseek pread64 ftruncate fsync fallocate fadvise64
// What pipes answer to calls that are about files.
#include "case.h"

#include <sys/statfs.h>
int main(void) {
  int p[2];
  char text[16];
  struct stat st;
  NEED(pipe(p));
  NEED(write(p[1], "some bytes", 10));
  CHECK("fstat", "a FIFO of mode 0600, of the caller, without size");
  NEED(fstat(p[0], &st));
  say("%o %d %d, nlink %d, size %d, blocks %d, block size %d", st.st_mode, st.st_uid, st.st_gid,
      (int)st.st_nlink, (int)st.st_size, (int)st.st_blocks, (int)st.st_blksize);
  struct stat other;
  NEED(fstat(p[1], &other));
  T(st.st_ino == other.st_ino && st.st_dev == other.st_dev);
  CHECK("fstatfs", "pipefs");
  struct statfs fs;
  NEED(fstatfs(p[0], &fs));
  say("%#lx %ld", (long)fs.f_type, (long)fs.f_namelen);
  CHECK("lseek pread64 pwrite64", "there is no position");
  R(lseek(p[0], 0, SEEK_CUR));
  R(lseek(p[1], 0, SEEK_END));
  R(pread(p[0], text, 4, 0));
  R(pwrite(p[1], text, 4, 0));
  CHECK("ftruncate fallocate", "there is nothing to cut");
  R(ftruncate(p[1], 0));
  R(ftruncate(p[0], 0));
  R(fallocate(p[1], 0, 0, 10));
  CHECK("fsync fdatasync sync_file_range", "nor to write back");
  R(fsync(p[1]));
  R(fdatasync(p[0]));
  R(sync_file_range(p[0], 0, 0, 0));
  CHECK("fadvise64 readahead", "nor to read ahead");
  R(posix_fadvise(p[0], 0, 0, POSIX_FADV_DONTNEED));
  R(readahead(p[0], 0, 4096));
  CHECK("mmap", "nor to map");
  R(mmap(NULL, 4096, PROT_READ, MAP_SHARED, p[0], 0) == MAP_FAILED);
  say("%s", errno_name(errno));
  CHECK("getdents64", "nor to list");
  R(syscall(SYS_getdents64, p[0], text, sizeof text));
  CHECK("fchmod fchown", "owner and mode can be changed");
  R(fchmod(p[0], 0640));
  R(fchown(p[0], 12, 34));
  NEED(fstat(p[1], &st));
  say("%o %d %d", st.st_mode, st.st_uid, st.st_gid);
  CHECK("flock fcntl(F_SETLK)", "locks");
  R(flock(p[0], LOCK_EX | LOCK_NB));
  struct flock lock = {.l_type = F_WRLCK};
  R(fcntl(p[1], F_SETLK, &lock));
  CHECK("fchdir", "is no directory");
  R(fchdir(p[0]));
  R(openat(p[0], "x", O_RDONLY));
  return 0;
}
