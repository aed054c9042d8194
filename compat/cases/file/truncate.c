// tags: large-files
// Shrinking and growing by name and by descriptor.
#include "case.h"

int main(void) {
  put("f", "0123456789");
  struct stat st;
  CHECK("truncate", "shrinks and grows");
  R(truncate("f", 4));
  say("content '%s'", get("f"));
  R(truncate("f", 8));
  NEED(stat("f", &st));
  R(st.st_size);
  R(memcmp(get("f"), "0123\0\0\0\0", 8));
  CHECK("truncate", "sizes and names that are refused");
  R(truncate("f", -1));
  R(truncate("missing", 0));
  R(truncate(".", 0));
  R(truncate("f/x", 0));
  CHECK("truncate", "follows a symbolic link");
  NEED(given_symlink("f", "link"));
  R(truncate("link", 2));
  NEED(stat("f", &st));
  R(st.st_size);
  CHECK("ftruncate", "read-only; the offset stays");
  int fd = NEED(open("f", O_RDONLY));
  R(ftruncate(fd, 0));
  fd = NEED(open("f", O_WRONLY));
  R(lseek(fd, 0, SEEK_END));
  R(ftruncate(fd, 0));
  R(lseek(fd, 0, SEEK_CUR));
  R(write(fd, "end", 3));
  NEED(stat("f", &st));
  R(st.st_size);
  CHECK("ftruncate", "sizes and descriptors that are refused");
  R(ftruncate(fd, -5));
  R(ftruncate(-1, 0));
  int pipes[2];
  NEED(pipe(pipes));
  R(ftruncate(pipes[1], 0));
  CHECK("ftruncate", "a terabyte");
  R(ftruncate(fd, 1L << 40));
  NEED(fstat(fd, &st));
  T(st.st_size == 1L << 40);
  return 0;
}
