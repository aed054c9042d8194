// Mode bits of files and directories, the mask, and the special bits.
#include "case.h"

static void show(const char *path) {
  struct stat st;
  NEED(stat(path, &st));
  say("%s: %o", path, st.st_mode & 07777);
}
int main(void) {
  CHECK("umask", "the former mask comes back, nine bits count");
  R(umask(027));
  R(umask(0777027));
  CHECK("umask openat(O_CREAT) mkdir", "new files and directories lose the bits of the mask");
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0666));
  show("f");
  NEED(mkdir("d", 0777));
  show("d");
  R(umask(0));
  close(NEED(open("g", O_RDWR | O_CREAT, 07777)));
  show("g");
  NEED(mkdir("e", 01777));
  show("e");
  CHECK("chmod", "permission bits and bits beyond");
  R(chmod("f", 0604));
  show("f");
  R(chmod("f", 04755));
  show("f");
  R(chmod("f", 0170777));
  show("f");
  CHECK("chmod", "missing names");
  R(chmod("missing", 0644));
  R(chmod("f/x", 0644));
  CHECK("fchmod", "permission bits; no descriptor, O_PATH");
  R(fchmod(fd, 02711));
  show("f");
  R(fchmod(NEED(open("f", O_PATH)), 0644));
  R(fchmod(-1, 0644));
  NEED(given_symlink("f", "link"));
  CHECK("chmod", "follows a symbolic link");
  R(chmod("link", 0611));
  show("f");
  CHECK("fchmodat", "a name from the working directory");
  R(syscall(SYS_fchmodat, AT_FDCWD, "f", 0700));
  show("f");
  CHECK("chmod", "set-group-id and sticky bit of a directory");
  R(chmod("d", 03750));
  show("d");
  return 0;
}
