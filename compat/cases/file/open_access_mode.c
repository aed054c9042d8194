// covers: open fcntl read write
// The three access modes and the fourth that exists only for ioctl.
#include "case.h"

int main(void) {
  put("f", "text");
  int modes[] = {O_RDONLY, O_WRONLY, O_RDWR, 3};
  for (int i = 0; i < 4; i++) {
    int fd = NEED(open("f", modes[i]));
    char byte;
    say("mode %d", modes[i]);
    R(fcntl(fd, F_GETFL) & O_ACCMODE);
    R(read(fd, &byte, 1));
    R(write(fd, "t", 1));
    R(pread(fd, &byte, 1, 0));
    R(ftruncate(fd, 4));
    R(lseek(fd, 0, SEEK_END));
    close(fd);
  }
  return 0;
}
