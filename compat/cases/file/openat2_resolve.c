// openat2: its struct is checked, and its resolve flags confine the walk.
#include "case.h"

#include <linux/openat2.h>
static long open2(int at, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
  return syscall(SYS_openat2, at, path, &how, sizeof how);
}
int main(void) {
  NEED(given_directory("box", 0755));
  put("box/inside", "i");
  put("outside", "o");
  NEED(given_symlink("../outside", "box/up"));
  NEED(given_symlink("inside", "box/same"));
  NEED(given_symlink("/inside", "box/rooted"));
  int box = NEED(open("box", O_PATH | O_DIRECTORY));
  CHECK("openat2", "without resolve flags");
  OK(open2(box, "inside", O_RDONLY, 0, 0));
  OK(open2(box, "up", O_RDONLY, 0, 0));
  CHECK("openat2(RESOLVE_BENEATH)", "links, dots and absolute names");
  R(open2(box, "up", O_RDONLY, 0, RESOLVE_BENEATH));
  R(open2(box, "../outside", O_RDONLY, 0, RESOLVE_BENEATH));
  R(open2(box, "/etc/passwd", O_RDONLY, 0, RESOLVE_BENEATH));
  OK(open2(box, "same", O_RDONLY, 0, RESOLVE_BENEATH));
  CHECK("openat2(RESOLVE_NO_SYMLINKS)", "a symbolic link");
  R(open2(box, "same", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
  CHECK("openat2(RESOLVE_IN_ROOT)", "the directory is the root");
  OK(open2(box, "rooted", O_RDONLY, 0, RESOLVE_IN_ROOT));
  R(open2(box, "../outside", O_RDONLY, 0, RESOLVE_IN_ROOT));
  OK(open2(box, "../inside", O_RDONLY, 0, RESOLVE_IN_ROOT));
  CHECK("openat2", "flags, mode and resolve are checked");
  R(open2(box, "inside", O_RDONLY, 0644, 0));
  R(open2(box, "inside", O_RDONLY | (1ULL << 40), 0, 0));
  R(open2(box, "inside", O_RDONLY, 0, 1ULL << 40));
  R(open2(box, "inside", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
  R(open2(box, "new", O_WRONLY | O_CREAT, 010000, 0));
  CHECK("openat2", "the size of its struct");
  char big[64] = {0};
  R(syscall(SYS_openat2, box, "inside", big, 8));
  OK(syscall(SYS_openat2, box, "inside", big, 64));
  big[60] = 1;
  R(syscall(SYS_openat2, box, "inside", big, 64));
  R(syscall(SYS_openat2, box, "inside", NULL, sizeof(struct open_how)));
  return 0;
}
