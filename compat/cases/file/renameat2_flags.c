// RENAME_NOREPLACE and RENAME_EXCHANGE.
#include "case.h"

int main(void) {
  put("a", "A");
  put("b", "B");
  NEED(given_directory("d", 0755));
  put("d/in", "I");
  CHECK("renameat2(RENAME_NOREPLACE)", "a target that exists, and one that does not");
  R(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
  R(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
  say("c: %s", get("c"));
  CHECK("renameat2(RENAME_EXCHANGE)", "files, directories, missing names");
  R(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_EXCHANGE));
  say("b: %s", get("b"));
  say("c: %s", get("c"));
  R(renameat2(AT_FDCWD, "b", AT_FDCWD, "missing", RENAME_EXCHANGE));
  R(renameat2(AT_FDCWD, "missing", AT_FDCWD, "b", RENAME_EXCHANGE));
  R(renameat2(AT_FDCWD, "b", AT_FDCWD, "d", RENAME_EXCHANGE));
  say("d: %s", get("d"));
  say("b/in: %s", get("b/in"));
  R(renameat2(AT_FDCWD, "b", AT_FDCWD, "b/in", RENAME_EXCHANGE));
  R(renameat2(AT_FDCWD, "b/in", AT_FDCWD, "b", RENAME_EXCHANGE));
  CHECK("renameat2", "flags that exclude each other or are unknown");
  R(renameat2(AT_FDCWD, "c", AT_FDCWD, "d", RENAME_EXCHANGE | RENAME_NOREPLACE));
  R(renameat2(AT_FDCWD, "c", AT_FDCWD, "d", 0x100));
  CHECK("renameat2", "no flags");
  R(syscall(SYS_renameat2, AT_FDCWD, "c", AT_FDCWD, "d", 0));
  say("d: %s", get("d"));
  return 0;
}
