// The fields of stat for each kind of file.
#include "case.h"

static void show(const char *path, int flags) {
  struct stat st;
  if (fstatat(AT_FDCWD, path, &st, flags) == -1) {
    say("%s: %s", path, errno_name(errno));
    return;
  }
  /* Whose the devices of the machine are depends on how it was set up. */
  say("%s: mode %o links %ld size %ld rdev %ld own %d", path, st.st_mode,
      S_ISDIR(st.st_mode) ? 0L : (long)st.st_nlink, S_ISDIR(st.st_mode) ? 0L : (long)st.st_size,
      (long)st.st_rdev, S_ISCHR(st.st_mode) || (st.st_uid == geteuid() && st.st_gid == getegid()));
}
int main(void) {
  put("file", "12345");
  NEED(given_directory("dir", 0751));
  NEED(given_symlink("file", "link"));
  NEED(given_symlink("gone", "dangling"));
  NEED(mkfifo("fifo", 0620));
  NEED(given_link("file", "hard"));
  CHECK("newfstatat", "files, hard links and directories");
  show("file", 0);
  show("hard", 0);
  show("dir", 0);
  CHECK("newfstatat(AT_SYMLINK_NOFOLLOW)", "links and what they point to");
  show("link", 0);
  show("link", AT_SYMLINK_NOFOLLOW);
  show("dangling", 0);
  show("dangling", AT_SYMLINK_NOFOLLOW);
  CHECK("newfstatat", "a FIFO");
  show("fifo", 0);
  CHECK("newfstatat", "devices");
  show("/dev/null", 0);
  show("/dev/zero", 0);
  CHECK("newfstatat", "missing names, unknown flags");
  show("missing", 0);
  show("file/x", 0);
  show("", 0);
  show("file", 0x8000000);
  CHECK("newfstatat", "names of one file agree");
  struct stat a, b;
  NEED(stat("file", &a));
  NEED(stat("hard", &b));
  T(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
  NEED(lstat("link", &b));
  T(a.st_ino != b.st_ino);
  CHECK("newfstatat(AT_EMPTY_PATH)", "a pipe, and no descriptor");
  int pipes[2];
  NEED(pipe(pipes));
  R(fstat(pipes[0], &a));
  T(S_ISFIFO(a.st_mode));
  R(fstat(-1, &a));
  CHECK("newfstatat", "the root is its own parent");
  NEED(stat("/", &a));
  NEED(stat("/..", &b));
  T(a.st_ino == b.st_ino);
  CHECK("newfstatat", "times and block size");
  NEED(stat("file", &a));
  T(labs(a.st_mtime - time(NULL)) < 100);
  T(a.st_blksize >= 512);
  return 0;
}
