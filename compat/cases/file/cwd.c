// covers: getcwd chdir fchdir
// The working directory: relative names, descriptors, permissions, a directory that moves.
#include "case.h"

static const char *last(void) {
  static char path[4096];
  return getcwd(path, sizeof path) ? strrchr(path, '/') : errno_name(errno);
}
int main(void) {
  NEED(mkdir("a", 0755));
  NEED(mkdir("a/b", 0755));
  put("file", "x");
  NEED(symlink("a/b", "link"));
  R(chdir("a"));
  say("%s", last());
  R(chdir("b"));
  say("%s", last());
  R(chdir("../.."));
  R(chdir("link"));
  say("%s", last());
  R(chdir("../.."));
  R(chdir("missing"));
  R(chdir("file"));
  R(chdir(""));
  int fd = NEED(open("a", O_RDONLY));
  int file = NEED(open("file", O_RDONLY));
  R(fchdir(file));
  R(fchdir(-1));
  R(fchdir(fd));
  say("%s", last());
  NEED(rename("../a", "../moved"));
  say("%s", last());
  char small[2];
  R(syscall(SYS_getcwd, small, 2));
  R(syscall(SYS_getcwd, NULL, 100));
  R(chdir("/"));
  R(syscall(SYS_getcwd, small, 2));
  say("'%s'", small);
  R(chdir(".."));
  R(syscall(SYS_getcwd, small, 2));
  reap("child", CHILD(R(chdir("/usr"))));
  R(syscall(SYS_getcwd, small, 2));
  if (geteuid() == 0) {
    NEED(fchdir(fd));
    NEED(mkdir("locked", 0600));
    reap("user", CHILD({
           NEED(setuid(1234));
           R(chdir("locked"));
           R(access("locked/x", F_OK));
         }));
  }
  return 0;
}
