// covers: lseek
// SEEK_DATA and SEEK_HOLE in small files with holes.
#include "case.h"

int main(void) {
  int fd = NEED(open("f", O_CREAT | O_RDWR, 0600));
  char page[4096];
  memset(page, 'x', sizeof page);
  NEED(pwrite(fd, page, sizeof page, 0));
  NEED(pwrite(fd, page, sizeof page, 3 * 4096));
  NEED(ftruncate(fd, 6 * 4096));
  CHECK("lseek(SEEK_DATA)", "finds what was written");
  for (long at = 0; at < 6; at++) R(lseek(fd, at * 4096 + 5, SEEK_DATA));
  CHECK("lseek(SEEK_HOLE)", "finds what was not");
  for (long at = 0; at < 6; at++) R(lseek(fd, at * 4096 + 5, SEEK_HOLE));
  R(lseek(fd, 6 * 4096, SEEK_DATA));
  R(lseek(fd, 6 * 4096, SEEK_HOLE));
  return 0;
}
