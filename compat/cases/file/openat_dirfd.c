// Directory descriptors as the base of relative names.
#include "case.h"

int main(void) {
  NEED(given_directory("a", 0755));
  NEED(given_directory("a/b", 0755));
  int a = NEED(open("a", O_RDONLY | O_DIRECTORY));
  put("file", "x");
  int file = NEED(open("file", O_RDONLY));
  CHECK("openat", "a directory as the base, and what is none");
  OK(openat(a, "new", O_WRONLY | O_CREAT, 0644));
  R(openat(file, "new", O_RDONLY));
  R(openat(-5, "new", O_RDONLY));
  R(openat(999, "new", O_RDONLY));
  OK(openat(-5, "/dev/null", O_RDONLY));
  CHECK("mkdirat", "mkdirat: below a directory");
  R(mkdirat(a, "c", 0700));
  CHECK("symlinkat", "symlinkat: below a directory");
  R(symlinkat("new", a, "sym"));
  CHECK("faccessat2", "through a link below a directory");
  R(faccessat(a, "sym", F_OK, 0));
  CHECK("renameat", "from one base to another");
  R(renameat(a, "new", AT_FDCWD, "moved"));
  CHECK("faccessat2(AT_SYMLINK_NOFOLLOW)", "a link that dangles now");
  R(faccessat(a, "sym", F_OK, 0));
  R(faccessat(a, "sym", F_OK, AT_SYMLINK_NOFOLLOW));
  CHECK("newfstatat(AT_EMPTY_PATH)", "below a directory, and the directory itself");
  struct stat st;
  R(fstatat(a, "..", &st, 0));
  R(fstatat(a, "", &st, 0));
  R(fstatat(a, "", &st, AT_EMPTY_PATH));
  R(fstatat(a, "b", &st, 0x80000));
  CHECK("unlinkat(AT_REMOVEDIR)", "files, directories, unknown flags");
  R(unlinkat(a, "c", 0));
  R(unlinkat(a, "c", AT_REMOVEDIR));
  R(unlinkat(a, "sym", AT_REMOVEDIR));
  R(unlinkat(a, "sym", 0x10));
  R(unlinkat(a, "sym", 0));
  CHECK("openat", "a base that was renamed and removed");
  NEED(rename("a", "renamed"));
  OK(openat(a, "b", O_RDONLY));
  NEED(rmdir("renamed/b"));
  NEED(rmdir("renamed"));
  R(openat(a, "x", O_WRONLY | O_CREAT, 0644));
  R(openat(a, ".", O_RDONLY) >= 0);
  return 0;
}
