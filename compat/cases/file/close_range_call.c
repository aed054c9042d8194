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
  CHECK("dup2", "to numbers of one's choice");
  for (int fd = 10; fd < 20; fd++) NEED(dup2(2, fd));
  open_ones();
  CHECK("close_range", "closes a range");
  R(close_range(12, 14, 0));
  open_ones();
  CHECK("close_range(CLOSE_RANGE_CLOEXEC)", "marks a range");
  R(close_range(16, 17, CLOSE_RANGE_CLOEXEC));
  open_ones();
  CHECK("close_range", "closed ones, an empty range, unknown flags");
  R(close_range(12, 12, 0));
  R(close_range(5, 4, 0));
  R(close_range(15, 15, 1 << 20));
  CHECK("close_range(CLOSE_RANGE_UNSHARE)", "a child's own table");
  reap("child", CHILD({
         R(close_range(15, ~0U, CLOSE_RANGE_UNSHARE));
         open_ones();
       }));
  open_ones();
  CHECK("close_range", "to the end of the table");
  R(close_range(18, ~0U, 0));
  open_ones();
  return 0;
}
