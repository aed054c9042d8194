// covers: sendfile
// sendfile(2) of much at once: one call copies it all, and others run meanwhile.
#include "case.h"

#include <sys/sendfile.h>
int main(void) {
  enum { MB = 1 << 20, SIZE = 160 * MB };
  int in = NEED(open("in", O_CREAT | O_RDWR, 0600)), out = NEED(open("out", O_CREAT | O_RDWR, 0600));
  NEED(ftruncate(in, SIZE));
  for (int i = 0; i < 160; i++) NEED(pwrite(in, &i, sizeof i, (off_t)i * MB));
  CHECK("sendfile", "copies 160 MB in one call");
  T(sendfile(out, in, NULL, SIZE) == SIZE);
  T(lseek(in, 0, SEEK_CUR) == SIZE);
  T(lseek(out, 0, SEEK_CUR) == SIZE);
  int same = 0;
  for (int i = 0; i < 160; i++) {
    int got = -1;
    NEED(pread(out, &got, sizeof got, (off_t)i * MB));
    same += got == i;
  }
  T(same == 160);
  CHECK("sendfile", "ends at the end of the input");
  off_t at = SIZE - 10;
  T(sendfile(out, in, &at, SIZE) == 10);
  return 0;
}
