// statx: masks, flags, and agreement with stat.
#include "case.h"

int main(void) {
  put("file", "12345");
  NEED(given_symlink("file", "link"));
  struct statx sx;
  struct stat st;
  memset(&sx, 0xff, sizeof sx);
  CHECK("statx", "agrees with stat");
  R(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &sx));
  NEED(stat("file", &st));
  T((sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
  say("mode %o links %u size %llu", sx.stx_mode, sx.stx_nlink, (unsigned long long)sx.stx_size);
  T(sx.stx_ino == st.st_ino && sx.stx_uid == st.st_uid && sx.stx_gid == st.st_gid);
  T(sx.stx_mtime.tv_sec == st.st_mtim.tv_sec && sx.stx_mtime.tv_nsec == st.st_mtim.tv_nsec);
  T(sx.stx_blksize == st.st_blksize && sx.stx_blocks == st.st_blocks);
  T(makedev(sx.stx_dev_major, sx.stx_dev_minor) == st.st_dev);
  CHECK("statx(AT_SYMLINK_NOFOLLOW)", "a symbolic link itself");
  R(statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &sx));
  T(S_ISLNK(sx.stx_mode));
  CHECK("statx", "names, flags and masks");
  R(statx(AT_FDCWD, "missing", 0, STATX_ALL, &sx));
  R(statx(AT_FDCWD, "file", 0x40000000, STATX_ALL, &sx));
  R(statx(AT_FDCWD, "file", 0, 0x80000000U, &sx));
  R(statx(AT_FDCWD, "file", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, STATX_ALL, &sx));
  R(statx(AT_FDCWD, "file", AT_STATX_DONT_SYNC, STATX_ALL, &sx));
  R(statx(AT_FDCWD, "file", 0, STATX_ALL, NULL));
  CHECK("statx(AT_EMPTY_PATH)", "by descriptor");
  int fd = NEED(open("file", O_RDONLY));
  R(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
  R(sx.stx_size);
  R(statx(fd, "", 0, STATX_SIZE, &sx));
  R(statx(fd, "x", 0, STATX_SIZE, &sx));
  return 0;
}
