// covers: chmod fchmod fchmodat umask
// Mode bits of files and directories, the mask, and the special bits.
#include "case.h"

static void show(const char *path) {
  struct stat st;
  NEED(stat(path, &st));
  say("%s: %o", path, st.st_mode & 07777);
}
int main(void) {
  R(umask(027));
  R(umask(0777027));
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0666));
  show("f");
  NEED(mkdir("d", 0777));
  show("d");
  R(umask(0));
  close(NEED(open("g", O_RDWR | O_CREAT, 07777)));
  show("g");
  NEED(mkdir("e", 01777));
  show("e");
  R(chmod("f", 0604));
  show("f");
  R(fchmod(fd, 04755));
  show("f");
  R(chmod("f", 0170777));
  show("f");
  R(chmod("missing", 0644));
  R(chmod("f/x", 0644));
  R(fchmod(-1, 0644));
  NEED(symlink("f", "link"));
  R(chmod("link", 0611));
  show("f");
  R(syscall(SYS_fchmodat, AT_FDCWD, "f", 0700));
  show("f");
  int path = NEED(open("f", O_PATH));
  R(fchmod(path, 0644));
  R(chmod("d", 03750));
  show("d");
  return 0;
}
