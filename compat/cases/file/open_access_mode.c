// covers: openat
// The three access modes and the fourth that exists only for ioctl.
#include "case.h"

static void try(const char *calls, const char *title, int mode) {
  CHECK(calls, title);
  int fd = NEED(open("f", mode));
  char byte;
  R(fcntl(fd, F_GETFL) & O_ACCMODE);
  R(read(fd, &byte, 1));
  R(write(fd, "t", 1));
  R(pread(fd, &byte, 1, 0));
  R(ftruncate(fd, 4));
  R(lseek(fd, 0, SEEK_END));
  close(fd);
}
int main(void) {
  put("f", "text");
  try("openat(O_RDONLY)", "only reading", O_RDONLY);
  try("openat(O_WRONLY)", "only writing", O_WRONLY);
  try("openat(O_RDWR)", "both", O_RDWR);
  try("openat(O_ACCMODE)", "neither", O_ACCMODE);
  return 0;
}
