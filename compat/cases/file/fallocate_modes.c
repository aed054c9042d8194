// Allocation, keeping the size, punching holes; errors.
#include "case.h"

#include <linux/falloc.h>
static int fd;
static void look(const char *label) {
  struct stat st;
  char data[12] = {0};
  NEED(fstat(fd, &st));
  NEED(pread(fd, data, 10, 0));
  for (int i = 0; i < 10; i++)
    if (!data[i]) data[i] = '.';
  say("%s: size %ld, begins %s", label, (long)st.st_size, data);
}
int main(void) {
  put("f", "0123456789");
  fd = NEED(open("f", O_RDWR));
  CHECK("fallocate", "grows a file");
  R(fallocate(fd, 0, 0, 5000));
  look("grown");
  CHECK("fallocate(FALLOC_FL_KEEP_SIZE)", "beyond the end");
  R(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100000));
  look("kept");
  CHECK("fallocate(FALLOC_FL_PUNCH_HOLE)", "zeros in the middle; only with FALLOC_FL_KEEP_SIZE");
  R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3));
  look("punched");
  R(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 2, 3));
  CHECK("fallocate", "sizes, modes and descriptors that are refused");
  R(fallocate(fd, 0, 0, 0));
  R(fallocate(fd, 0, -1, 5));
  R(fallocate(fd, 0x4000, 0, 5));
  int reader = NEED(open("f", O_RDONLY));
  R(fallocate(reader, 0, 0, 10));
  int pipes[2];
  NEED(pipe(pipes));
  R(fallocate(pipes[1], 0, 0, 10));
  CHECK("fallocate", "as posix_fallocate calls it");
  R(posix_fallocate(fd, 0, 6000));
  look("posix");
  CHECK("fadvise64", "advice, and one that is unknown");
  R(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  R(posix_fadvise(fd, 0, 0, 77));
  return 0;
}
