// covers: openat mkdirat unlinkat fstatat faccessat symlinkat renameat
// Directory descriptors as the base of relative names.
#include "case.h"

int main(void) {
  NEED(mkdir("a", 0755));
  NEED(mkdir("a/b", 0755));
  int a = NEED(open("a", O_RDONLY | O_DIRECTORY));
  put("file", "x");
  int file = NEED(open("file", O_RDONLY));
  OK(openat(a, "new", O_WRONLY | O_CREAT, 0644));
  R(openat(file, "new", O_RDONLY));
  R(openat(-5, "new", O_RDONLY));
  R(openat(999, "new", O_RDONLY));
  OK(openat(-5, "/dev/null", O_RDONLY));
  R(mkdirat(a, "c", 0700));
  R(symlinkat("new", a, "sym"));
  R(faccessat(a, "sym", F_OK, 0));
  R(renameat(a, "new", AT_FDCWD, "moved"));
  R(faccessat(a, "sym", F_OK, 0));
  R(faccessat(a, "sym", F_OK, AT_SYMLINK_NOFOLLOW));
  struct stat st;
  R(fstatat(a, "..", &st, 0));
  R(fstatat(a, "", &st, 0));
  R(fstatat(a, "", &st, AT_EMPTY_PATH));
  R(fstatat(a, "b", &st, 0x80000));
  R(unlinkat(a, "c", 0));
  R(unlinkat(a, "c", AT_REMOVEDIR));
  R(unlinkat(a, "sym", AT_REMOVEDIR));
  R(unlinkat(a, "sym", 0x10));
  R(unlinkat(a, "sym", 0));
  NEED(rename("a", "renamed"));
  OK(openat(a, "b", O_RDONLY));
  NEED(rmdir("renamed/b"));
  NEED(rmdir("renamed"));
  R(openat(a, "x", O_WRONLY | O_CREAT, 0644));
  R(openat(a, ".", O_RDONLY) >= 0);
  return 0;
}
