// The working directory: relative names, descriptors, permissions, a directory that moves.
#include "case.h"

static const char *last(void) {
  static char path[4096];
  return getcwd(path, sizeof path) ? strrchr(path, '/') : errno_name(errno);
}
static bool in(const char *path) {
  struct stat here, there;
  NEED(stat(".", &here));
  NEED(stat(path, &there));
  return here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}
int main(void) {
  NEED(given_directory("a", 0755));
  NEED(given_directory("a/b", 0755));
  put("file", "x");
  NEED(given_symlink("a/b", "link"));
  CHECK("chdir", "relative names and links");
  R(chdir("a"));
  T(in("../a"));
  R(chdir("b"));
  T(in("../b"));
  R(chdir("../.."));
  R(chdir("link"));
  T(in("../../a/b"));
  R(chdir("../.."));
  CHECK("chdir", "what is no directory");
  R(chdir("missing"));
  R(chdir("file"));
  R(chdir(""));
  int fd = NEED(open("a", O_RDONLY)), file = NEED(open("file", O_RDONLY)), top = NEED(open(".", O_RDONLY));
  CHECK("fchdir", "a directory, and what is none");
  R(fchdir(file));
  R(fchdir(-1));
  R(fchdir(fd));
  T(in("../a"));
  CHECK("getcwd", "the path as it is now");
  say("%s", last());
  NEED(rename("../a", "../moved"));
  say("%s", last());
  NEED(fchdir(top));
  NEED(chdir("link/../..") == -1 ? 0 : -1);
  NEED(chdir("moved/b"));
  say("%s", last());
  CHECK("getcwd", "buffers");
  char small[2];
  R(syscall(SYS_getcwd, small, 2));
  R(syscall(SYS_getcwd, NULL, 100));
  NEED(chdir("/"));
  R(syscall(SYS_getcwd, small, 2));
  say("'%s'", small);
  CHECK("chdir", "above the root, and in a child");
  R(chdir(".."));
  T(in("/"));
  reap("child", CHILD(R(chdir("/usr"))));
  T(in("/"));
  if (geteuid() == 0) {
    NEED(fchdir(fd));
    NEED(given_directory("locked", 0600));
    CHECK("chdir access", "a directory without the right to search");
    reap("user", CHILD({
           NEED(setuid(1234));
           R(chdir("locked"));
           R(access("locked/x", F_OK));
         }));
  }
  return 0;
}
