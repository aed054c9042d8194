// covers: close_range
// Closing, or marking, a range of descriptors.
#include "case.h"

#include <linux/close_range.h>
static void open_ones(void) {
  char text[64] = "";
  for (int fd = 10; fd < 20; fd++) {
    int flags = fcntl(fd, F_GETFD);
    strcat(text, flags < 0 ? "-" : flags ? "c" : "o");
  }
  say("%s", text);
}
int main(void) {
  for (int fd = 10; fd < 20; fd++) NEED(dup2(2, fd));
  open_ones();
  R(close_range(12, 14, 0));
  open_ones();
  R(close_range(16, 17, CLOSE_RANGE_CLOEXEC));
  open_ones();
  R(close_range(12, 12, 0));
  R(close_range(5, 4, 0));
  R(close_range(15, 15, 1 << 20));
  reap("child", CHILD({
         R(close_range(15, ~0U, CLOSE_RANGE_UNSHARE));
         open_ones();
       }));
  open_ones();
  R(close_range(18, ~0U, 0));
  open_ones();
  return 0;
}
