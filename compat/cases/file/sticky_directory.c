// tags: permissions
// In a sticky directory only the owner of a file, of the directory, or root may remove it.
#include "case.h"

int main(void) {
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  NEED(given_mode("..", 0755));
  NEED(given_mode(".", 0755));
  NEED(given_directory("shared", 0777));
  NEED(given_mode("shared", 01777));
  put("shared/theirs", "x");
  put("shared/mine", "x");
  NEED(given_owner("shared/theirs", 1111, 1111));
  NEED(given_owner("shared/mine", 2222, 2222));
  NEED(given_directory("open", 0777));
  NEED(given_mode("open", 0777));
  put("open/theirs", "x");
  reap("user", CHILD({
         NEED(setgid(2222));
         NEED(setuid(2222));
         CHECK("unlink", "a file of another");
         R(unlink("shared/theirs"));
         CHECK("rename", "a file of another, and over it");
         R(rename("shared/theirs", "shared/renamed"));
         R(rename("shared/mine", "shared/theirs"));
         CHECK("rename unlink", "a file of one's own");
         R(rename("shared/mine", "shared/moved"));
         R(unlink("shared/moved"));
         CHECK("unlink", "in a directory without the bit");
         R(unlink("open/theirs"));
         CHECK("mkdir rmdir", "a directory of one's own");
         R(mkdir("shared/dir", 0755));
         R(rmdir("shared/dir"));
         CHECK("unlink rmdir", "in a directory of another");
         R(unlink("outside"));
         R(rmdir("shared"));
       }));
  CHECK("unlink", "by root");
  R(unlink("shared/theirs"));
  return 0;
}
