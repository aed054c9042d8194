// covers: pivot_root
// pivot_root(2): what it needs, and where everybody is afterwards.
#include "case.h"

#include "own_namespace.h"
static long pivot(const char *to, const char *old) {
  return syscall(SYS_pivot_root, to, old);
}
int main(void) {
  own_namespace();
  NEED(given_directory("new", 0755));
  CHECK("pivot_root", "what is refused");
  R(pivot("new", "new"));
  R(mount("source", "new", "tmpfs", 0, NULL));
  NEED(given_directory("new/old", 0755));
  put("new/file", "x");
  R(pivot("absent", "new"));
  R(pivot("new/file", "new/old"));
  R(pivot("new", "."));
  R(pivot("new/old", "new"));
  R(pivot((char *)1, "new"));
  CHECK("pivot_root", "the new root, and the old one below it");
  int before = NEED(open("/", O_PATH));
  R(pivot("new", "new/old"));
  R(access("/file", F_OK));
  R(access("/old/proc/self/stat", F_OK));
  R(access("/proc/self/stat", F_OK));
  R(fchdir(before));
  R(access("file", F_OK));
  char name[64];
  R(readlink("/old/proc/self/cwd", name, sizeof name));
  CHECK("umount2(MNT_DETACH)", "the old root goes");
  R(umount2("/old", MNT_DETACH));
  R(access("/old/proc", F_OK));
  R(access("/file", F_OK));
  return 0;
}
