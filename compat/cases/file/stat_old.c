// stat, lstat, fstat and ustat as calls of their own: C libraries make newfstatat of the first three.
#include "case.h"

static void show(const char *label, long result, struct stat *st) {
  if (result == 0)
    say("%s: mode %o links %ld size %ld blocks %s", label, st->st_mode,
        S_ISDIR(st->st_mode) ? 0 : (long)st->st_nlink, S_ISDIR(st->st_mode) ? 0 : (long)st->st_size,
        st->st_blksize >= 512 ? "sized" : "odd");
  else
    say("%s: %s", label, errno_name(errno));
}
int main(void) {
  struct stat st, other;
  char name[300];
  memset(name, 'n', sizeof name);
  name[256] = 0;
  put("file", "12345");
  NEED(given_directory("dir", 0750));
  NEED(given_symlink("file", "link"));
  NEED(given_symlink("loop", "loop"));
  CHECK("stat", "files, directories and links");
  show("file", syscall(SYS_stat, "file", &st), &st);
  show("dir", syscall(SYS_stat, "dir", &st), &st);
  show("link", syscall(SYS_stat, "link", &st), &st);
  show("/dev/null", syscall(SYS_stat, "/dev/null", &st), &st);
  CHECK("stat", "names that are refused");
  show("missing", syscall(SYS_stat, "missing", &st), &st);
  show("file/x", syscall(SYS_stat, "file/x", &st), &st);
  show("loop", syscall(SYS_stat, "loop", &st), &st);
  show("long", syscall(SYS_stat, name, &st), &st);
  show("empty", syscall(SYS_stat, "", &st), &st);
  CHECK("lstat", "links themselves");
  show("file", syscall(SYS_lstat, "file", &st), &st);
  show("link", syscall(SYS_lstat, "link", &st), &st);
  show("loop", syscall(SYS_lstat, "loop", &st), &st);
  show("link/", syscall(SYS_lstat, "link/", &st), &st);
  CHECK("lstat", "names that are refused by lstat");
  show("missing", syscall(SYS_lstat, "missing", &st), &st);
  show("loop/x", syscall(SYS_lstat, "loop/x", &st), &st);
  show("long", syscall(SYS_lstat, name, &st), &st);
  CHECK("fstat", "descriptors");
  int fd = NEED(open("file", O_RDONLY)), path = NEED(open("link", O_PATH | O_NOFOLLOW)), p[2];
  NEED(pipe(p));
  show("file", syscall(SYS_fstat, fd, &st), &st);
  show("O_PATH", syscall(SYS_fstat, path, &st), &st);
  show("pipe", syscall(SYS_fstat, p[0], &st), &st);
  show("none", syscall(SYS_fstat, -1, &st), &st);
  CHECK("stat fstat", "agree");
  NEED(syscall(SYS_stat, "file", &st));
  NEED(syscall(SYS_fstat, fd, &other));
  T(memcmp(&st, &other, sizeof st) == 0);
  CHECK("ustat", "a file system and none");
  char space[64] = {0};
  R(syscall(SYS_ustat, 0xffff, space));
  return 0;
}
