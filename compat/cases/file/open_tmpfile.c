// O_TMPFILE: a file without a name, which linkat may give it.
#include "case.h"

int main(void) {
  CHECK("openat(O_TMPFILE)", "a file without a name");
  int fd = open(".", O_TMPFILE | O_RDWR, 0640);
  if (fd < 0) {
    say("O_TMPFILE: %s", errno_name(errno));
    return 0;
  }
  struct stat st;
  R(write(fd, "unnamed", 7));
  NEED(fstat(fd, &st));
  R(st.st_nlink);
  R(st.st_size);
  say("mode %o", st.st_mode);
  CHECK("linkat(AT_SYMLINK_FOLLOW)", "gives it a name");
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  R(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  NEED(fstat(fd, &st));
  R(st.st_nlink);
  say("content: %s", get("named"));
  CHECK("openat(O_TMPFILE)", "read-only, and in a file");
  R(open(".", O_TMPFILE | O_RDONLY, 0600));
  R(open("named", O_TMPFILE | O_RDWR, 0600));
  CHECK("openat(O_TMPFILE|O_EXCL)", "cannot be named");
  int exclusive = NEED(open(".", O_TMPFILE | O_EXCL | O_WRONLY, 0600));
  snprintf(path, sizeof path, "/proc/self/fd/%d", exclusive);
  R(linkat(AT_FDCWD, path, AT_FDCWD, "other", AT_SYMLINK_FOLLOW));
  return 0;
}
