// tags: xattr
// Extended attributes in the user namespace.
#include "case.h"

#include <sys/xattr.h>
int main(void) {
  char text[64] = {0};
  put("f", "x");
  if (setxattr("f", "user.probe", "1", 1, 0) && errno == ENOTSUP) {
    say("no user attributes here");
    return 0;
  }
  CHECK("setxattr(XATTR_CREATE|XATTR_REPLACE)", "new and old names");
  R(setxattr("f", "user.one", "value", 5, XATTR_CREATE));
  R(setxattr("f", "user.one", "value", 5, XATTR_CREATE));
  R(setxattr("f", "user.two", "", 0, XATTR_REPLACE));
  R(setxattr("f", "user.two", "", 0, 0));
  CHECK("getxattr", "values, sizes and missing names");
  R(getxattr("f", "user.one", text, sizeof text));
  say("%s", text);
  R(getxattr("f", "user.one", NULL, 0));
  R(getxattr("f", "user.one", text, 2));
  R(getxattr("f", "user.two", text, 2));
  R(getxattr("f", "user.none", text, 2));
  R(getxattr("missing", "user.one", text, 2));
  CHECK("listxattr", "sizes");
  R(listxattr("f", NULL, 0));
  R(listxattr("f", text, 3));
  CHECK("removexattr", "once, and once too often");
  R(removexattr("f", "user.probe"));
  R(removexattr("f", "user.probe"));
  CHECK("listxattr", "what is left");
  R(listxattr("f", text, sizeof text));
  CHECK("setxattr", "names and flags that are refused");
  R(setxattr("f", "nonsense", "x", 1, 0));
  R(setxattr("f", "user.", "x", 1, 0));
  R(setxattr("f", "user.x", "x", 1, 7));
  CHECK("fsetxattr fgetxattr fremovexattr", "by descriptor");
  int fd = NEED(open("f", O_RDONLY));
  R(fsetxattr(fd, "user.three", "abc", 3, 0));
  R(fgetxattr(fd, "user.three", text, sizeof text));
  R(fremovexattr(fd, "user.three"));
  CHECK("getxattr", "follows a symbolic link");
  NEED(given_symlink("f", "link"));
  R(getxattr("link", "user.one", text, sizeof text));
  CHECK("lgetxattr lsetxattr", "a symbolic link itself");
  R(lgetxattr("link", "user.one", text, sizeof text));
  R(lsetxattr("link", "user.one", "x", 1, 0));
  CHECK("setxattr", "names of 255 and 256 bytes");
  char name[300] = "user.";
  memset(name + 5, 'n', 251);
  R(setxattr("f", name, "x", 1, 0));
  name[255] = 0;
  R(setxattr("f", name, "x", 1, 0));
  CHECK("getxattr", "values stay over a rename");
  NEED(rename("f", "g"));
  R(getxattr("g", "user.one", text, sizeof text));
  return 0;
}
