// covers: unlink rename chmod
// In a sticky directory only the owner of a file, of the directory, or root may remove it.
#include "case.h"

int main(void) {
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  NEED(chmod("..", 0755));
  NEED(chmod(".", 0755));
  NEED(mkdir("shared", 0777));
  NEED(chmod("shared", 01777));
  put("shared/theirs", "x");
  put("shared/mine", "x");
  NEED(chown("shared/theirs", 1111, 1111));
  NEED(chown("shared/mine", 2222, 2222));
  NEED(mkdir("open", 0777));
  NEED(chmod("open", 0777));
  put("open/theirs", "x");
  reap("user", CHILD({
         NEED(setgid(2222));
         NEED(setuid(2222));
         R(unlink("shared/theirs"));
         R(rename("shared/theirs", "shared/renamed"));
         R(rename("shared/mine", "shared/theirs"));
         R(rename("shared/mine", "shared/moved"));
         R(unlink("shared/moved"));
         R(unlink("open/theirs"));
         R(mkdir("shared/dir", 0755));
         R(rmdir("shared/dir"));
         R(unlink("outside"));
         R(rmdir("shared"));
       }));
  R(unlink("shared/theirs"));
  return 0;
}
