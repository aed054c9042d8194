// tags: xattr
// Extended attributes by link and by descriptor, and where they are refused.
#include "case.h"

#include <sys/xattr.h>
int main(void) {
  char text[64] = {0};
  put("f", "x");
  NEED(given_symlink("f", "link"));
  NEED(given_symlink("gone", "dangling"));
  NEED(given_directory("d", 0755));
  int fd = NEED(open("f", O_RDONLY)), p[2];
  NEED(pipe(p));
  if (setxattr("f", "user.a", "1", 1, 0) && errno == ENOTSUP) {
    say("no user attributes here");
    return 0;
  }
  CHECK("setxattr", "a directory may have them");
  R(setxattr("d", "user.dir", "12", 2, 0));
  R(getxattr("d", "user.dir", text, sizeof text));
  CHECK("lsetxattr", "not on a link, in no other way");
  R(lsetxattr("link", "user.b", "2", 1, 0));
  R(lsetxattr("f", "user.b", "22", 2, XATTR_CREATE));
  R(lsetxattr("missing", "user.b", "2", 1, 0));
  CHECK("lgetxattr", "lgetxattr: files and links");
  R(lgetxattr("f", "user.b", text, sizeof text));
  R(lgetxattr("link", "user.b", text, sizeof text));
  CHECK("listxattr llistxattr flistxattr", "lengths agree");
  T(listxattr("f", NULL, 0) == listxattr("link", NULL, 0));
  T(llistxattr("f", NULL, 0) == flistxattr(fd, NULL, 0));
  R(llistxattr("link", text, sizeof text) >= 0);
  R(listxattr("dangling", text, sizeof text));
  R(flistxattr(-1, text, sizeof text));
  R(llistxattr("missing", text, sizeof text));
  CHECK("lremovexattr", "lremovexattr: files and links");
  R(lremovexattr("f", "user.b"));
  R(lremovexattr("f", "user.b"));
  R(lremovexattr("link", "user.a"));
  CHECK("fsetxattr", "flags and descriptors");
  R(fsetxattr(fd, "user.c", "333", 3, XATTR_REPLACE));
  R(fsetxattr(fd, "user.c", "333", 3, XATTR_CREATE));
  R(fsetxattr(-1, "user.c", "333", 3, 0));
  R(fsetxattr(NEED(open("f", O_PATH)), "user.c", "4", 1, 0));
  CHECK("fgetxattr", "values and descriptors");
  R(fgetxattr(fd, "user.c", text, sizeof text));
  R(fgetxattr(fd, "user.none", text, sizeof text));
  R(fgetxattr(-1, "user.c", text, sizeof text));
  CHECK("fremovexattr", "once, and once too often");
  R(fremovexattr(fd, "user.c"));
  R(fremovexattr(fd, "user.c"));
  R(fremovexattr(-1, "user.c"));
  CHECK("removexattr", "follows a symbolic link");
  R(removexattr("link", "user.a"));
  R(getxattr("f", "user.a", text, sizeof text));
  R(removexattr("missing", "user.a"));
  CHECK("setxattr", "fifos, names without a space, values that are too long");
  NEED(mkfifo("fifo", 0644));
  R(setxattr("fifo", "user.a", "1", 1, 0));
  R(setxattr("f", "", "1", 1, 0));
  R(setxattr("f", "user.a", "1", 65537, 0));
  return 0;
}
