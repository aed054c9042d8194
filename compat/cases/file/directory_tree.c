// timeout: 60
// A tree of some size is made, renamed at its root, walked and removed.
#include "case.h"

#include <ftw.h>
static int files, directories;
static long bytes;
static int count(const char *path, const struct stat *st, int type, struct FTW *walk) {
  if (type == FTW_F)
    files++, bytes += st->st_size;
  else
    directories++;
  return 0;
}
static int removes(const char *path, const struct stat *st, int type, struct FTW *walk) {
  return remove(path);
}
static void make(int depth) {
  for (int i = 0; i < 4; i++) {
    char name[16];
    sprintf(name, "f%d", i);
    put(name, "some text");
    if (depth == 0) continue;
    sprintf(name, "d%d", i);
    NEED(mkdir(name, 0755));
    NEED(chdir(name));
    make(depth - 1);
    NEED(chdir(".."));
  }
}
int main(void) {
  NEED(given_directory("root", 0755));
  NEED(chdir("root"));
  make(3);
  NEED(chdir(".."));
  CHECK("getdents64", "a tree is walked");
  R(nftw("root", count, 20, FTW_PHYS));
  say("%d files, %d directories, %ld bytes", files, directories, bytes);
  CHECK("rename", "directories move with all below them");
  R(rename("root/d1", "root/d2/inside"));
  R(rename("root/d2", "other"));
  files = directories = bytes = 0;
  R(nftw("root", count, 20, FTW_PHYS));
  say("%d files, %d directories, %ld bytes", files, directories, bytes);
  R(access("other/inside/d3/d3/f3", F_OK));
  CHECK("rmdir", "a directory that is not empty");
  R(rmdir("root"));
  CHECK("unlink rmdir", "a tree is removed");
  R(nftw("root", removes, 20, FTW_PHYS | FTW_DEPTH));
  R(nftw("other", removes, 20, FTW_PHYS | FTW_DEPTH));
  R(access("root", F_OK));
  return 0;
}
