// SEEK_DATA and SEEK_HOLE around one block of data; offsets compared in units of 64 KiB, as block sizes differ.
#include "case.h"

#define UNIT 65536L
int main(void) {
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  static char block[UNIT];
  memset(block, 'd', sizeof block);
  CHECK("lseek(SEEK_DATA|SEEK_HOLE)", "an empty file");
  R(lseek(fd, 0, SEEK_DATA));
  R(lseek(fd, 0, SEEK_HOLE));
  CHECK("lseek(SEEK_DATA|SEEK_HOLE)", "around one block of data");
  NEED(pwrite(fd, block, UNIT, 4 * UNIT));
  NEED(ftruncate(fd, 16 * UNIT));
  R(lseek(fd, 0, SEEK_HOLE));
  R(lseek(fd, 4 * UNIT, SEEK_DATA) / UNIT);
  R(lseek(fd, 4 * UNIT + 5, SEEK_DATA));
  T(lseek(fd, 0, SEEK_DATA) <= 4 * UNIT);
  T(lseek(fd, 4 * UNIT, SEEK_HOLE) >= 5 * UNIT);
  R(lseek(fd, 16 * UNIT, SEEK_DATA));
  R(lseek(fd, 16 * UNIT, SEEK_HOLE));
  R(lseek(fd, -1, SEEK_DATA));
  R(lseek(fd, 17 * UNIT, SEEK_HOLE));
  CHECK("pread64", "a hole reads as zeros");
  char byte = 'x';
  R(pread(fd, &byte, 1, 0));
  R(byte);
  CHECK("newfstatat", "only what was written takes blocks");
  struct stat st;
  NEED(fstat(fd, &st));
  T(st.st_blocks * 512 < 16 * UNIT);
  return 0;
}
