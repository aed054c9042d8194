// Advice about reading, which changes nothing that can be seen.
#include "case.h"

int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDONLY)), wr = NEED(open("f", O_WRONLY)), p[2];
  NEED(pipe(p));
  CHECK("readahead", "files, and what is none");
  R(readahead(fd, 0, 4096));
  R(readahead(fd, 1 << 20, 4096));
  R(readahead(wr, 0, 4096));
  R(readahead(p[0], 0, 4096));
  R(readahead(-1, 0, 4096));
  CHECK("fadvise64", "every advice");
  for (int advice = 0; advice <= 6; advice++) R(syscall(SYS_fadvise64, fd, 0, 0, advice));
  CHECK("fadvise64", "what is refused");
  R(syscall(SYS_fadvise64, p[0], 0, 0, 0));
  R(syscall(SYS_fadvise64, -1, 0, 0, 0));
  R(syscall(SYS_fadvise64, fd, 0, -1, 0));
  CHECK("lseek", "the offset stays");
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("sync", "returns");
  R(syscall(SYS_sync));
  CHECK("sync_file_range", "ranges and descriptors that are refused");
  R(sync_file_range(fd, -1, 5, SYNC_FILE_RANGE_WRITE));
  R(sync_file_range(fd, 0, -1, SYNC_FILE_RANGE_WRITE));
  R(sync_file_range(p[0], 0, 0, SYNC_FILE_RANGE_WRITE));
  R(sync_file_range(-1, 0, 0, 0));
  CHECK("fdatasync fsync", "descriptors that are refused");
  R(fdatasync(-1));
  R(fdatasync(p[0]));
  R(fsync(NEED(open("f", O_PATH))));
  return 0;
}
