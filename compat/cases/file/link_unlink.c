// Hard links and removing names.
#include "case.h"

static void links(const char *path) {
  struct stat st;
  if (lstat(path, &st))
    say("%s: %s", path, errno_name(errno));
  else
    say("%s: %ld links", path, (long)st.st_nlink);
}
int main(void) {
  put("a", "text");
  NEED(given_directory("dir", 0755));
  NEED(given_symlink("a", "sym"));
  NEED(given_symlink("gone", "dangling"));
  CHECK("link", "a second name");
  R(link("a", "b"));
  links("a");
  R(link("a", "b"));
  CHECK("link", "link: what it refuses");
  R(link("missing", "c"));
  R(link("dir", "c"));
  R(link("a", "dir"));
  R(link("a", "nodir/c"));
  R(link("a", "b/c"));
  CHECK("link", "a symbolic link itself");
  R(link("sym", "symhard"));
  struct stat st;
  NEED(lstat("symhard", &st));
  T(S_ISLNK(st.st_mode));
  CHECK("linkat(AT_SYMLINK_FOLLOW)", "what the link points to; an unknown flag");
  R(linkat(AT_FDCWD, "sym", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
  links("a");
  R(linkat(AT_FDCWD, "dangling", AT_FDCWD, "x", AT_SYMLINK_FOLLOW));
  R(linkat(AT_FDCWD, "a", AT_FDCWD, "x", 0x1));
  CHECK("unlink", "one name of two");
  R(unlink("a"));
  say("b: %s", get("b"));
  links("b");
  CHECK("unlink", "unlink: what it refuses");
  R(unlink("dir"));
  R(unlink("missing"));
  R(unlink("b/x"));
  R(unlink("b/"));
  R(unlink("."));
  R(unlink(""));
  CHECK("unlink", "symbolic links, dangling or not");
  R(unlink("sym"));
  R(unlink("dangling"));
  links("dangling");
  links("symhard");
  return 0;
}
