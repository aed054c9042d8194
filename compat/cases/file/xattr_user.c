// covers: setxattr getxattr listxattr removexattr fsetxattr fgetxattr flistxattr fremovexattr
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
  R(setxattr("f", "user.one", "value", 5, XATTR_CREATE));
  R(setxattr("f", "user.one", "value", 5, XATTR_CREATE));
  R(setxattr("f", "user.two", "", 0, XATTR_REPLACE));
  R(setxattr("f", "user.two", "", 0, 0));
  R(getxattr("f", "user.one", text, sizeof text));
  say("%s", text);
  R(getxattr("f", "user.one", NULL, 0));
  R(getxattr("f", "user.one", text, 2));
  R(getxattr("f", "user.two", text, 2));
  R(getxattr("f", "user.none", text, 2));
  R(getxattr("missing", "user.one", text, 2));
  R(listxattr("f", NULL, 0));
  R(listxattr("f", text, 3));
  R(removexattr("f", "user.probe"));
  R(removexattr("f", "user.probe"));
  R(listxattr("f", text, sizeof text));
  R(setxattr("f", "nonsense", "x", 1, 0));
  R(setxattr("f", "user.", "x", 1, 0));
  R(setxattr("f", "user.x", "x", 1, 7));
  int fd = NEED(open("f", O_RDONLY));
  R(fsetxattr(fd, "user.three", "abc", 3, 0));
  R(fgetxattr(fd, "user.three", text, sizeof text));
  R(fremovexattr(fd, "user.three"));
  NEED(symlink("f", "link"));
  R(getxattr("link", "user.one", text, sizeof text));
  R(lgetxattr("link", "user.one", text, sizeof text));
  R(lsetxattr("link", "user.one", "x", 1, 0));
  char name[300] = "user.";
  memset(name + 5, 'n', 251);
  R(setxattr("f", name, "x", 1, 0));
  name[255] = 0;
  R(setxattr("f", name, "x", 1, 0));
  NEED(rename("f", "g"));
  R(getxattr("g", "user.one", text, sizeof text));
  return 0;
}
