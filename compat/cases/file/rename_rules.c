// What may replace what.
#include "case.h"

int main(void) {
  put("a", "A");
  put("b", "B");
  NEED(given_directory("d1", 0755));
  NEED(given_directory("d2", 0755));
  NEED(given_directory("d1/sub", 0755));
  put("d2/full", "x");
  NEED(given_symlink("a", "sym"));
  CHECK("rename", "a file over a file");
  R(rename("a", "b"));
  say("b: %s", get("b"));
  R(access("a", F_OK));
  CHECK("rename", "files, directories and what is not empty");
  R(rename("missing", "x"));
  R(rename("b", "b"));
  R(rename("b", "d1"));
  R(rename("d1", "b"));
  R(rename("d1", "d2"));
  R(rename("d1", "d1/sub/x"));
  R(rename("d1/sub", "d1"));
  R(rename("d1", "d1/sub"));
  CHECK("rename", "a directory over an empty one");
  NEED(given_directory("empty", 0755));
  R(rename("d1", "empty"));
  R(access("empty/sub", F_OK));
  CHECK("rename", "targets below what is no directory");
  R(rename("b", "nodir/b"));
  R(rename("b", "sym/x"));
  CHECK("rename", "a symbolic link itself");
  R(rename("sym", "sym2"));
  char text[16] = {0};
  R(readlink("sym2", text, sizeof text));
  CHECK("rename", "trailing slashes");
  R(rename("b", "new/"));
  R(rename("empty", "new/"));
  R(access("new/sub", F_OK));
  CHECK("rename", "dots and the root");
  R(rename("new/.", "x"));
  R(rename("new", "."));
  R(rename("..", "x"));
  R(rename("/", "x"));
  CHECK("rename", "two names of one file");
  NEED(given_link("b", "hard"));
  R(rename("b", "hard"));
  R(access("b", F_OK));
  R(access("hard", F_OK));
  CHECK("rename", "an empty name");
  R(rename("", "x"));
  return 0;
}
