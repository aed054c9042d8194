// What the inode of a socket says and allows.
#include "unix.h"

#include <sys/statfs.h>
#include <sys/xattr.h>

int main(void) {
  int s[2];
  struct stat st;
  given_pair(SOCK_STREAM, s);
  CHECK("fstat", "mode, owner, size");
  NEED(fstat(s[0], &st));
  say("%o, links %ld, size %ld, block %ld, uid %d", st.st_mode, (long)st.st_nlink, (long)st.st_size,
      (long)st.st_blksize, st.st_uid);
  struct stat other;
  NEED(fstat(s[1], &other));
  T(st.st_ino != other.st_ino && st.st_dev == other.st_dev);
  CHECK("fchmod fchown", "they change it");
  R(fchmod(s[0], 0600));
  R(fchown(s[0], 5, 6));
  NEED(fstat(s[0], &st));
  say("%o %d %d", st.st_mode, st.st_uid, st.st_gid);
  CHECK("fstatfs", "the file system");
  struct statfs fs;
  R(fstatfs(s[0], &fs));
  say("%#lx, block %ld, name %ld", (long)fs.f_type, (long)fs.f_bsize, (long)fs.f_namelen);
  CHECK("readlink(/proc/self/fd)", "its name");
  char path[64], text[64] = {0};
  snprintf(path, sizeof path, "/proc/self/fd/%d", s[0]);
  R(readlink(path, text, sizeof text - 1) > 0);
  T(strncmp(text, "socket:[", 8) == 0 && strtoul(text + 8, NULL, 10) == st.st_ino);
  CHECK("open(/proc/self/fd)", "it cannot be opened again");
  R(open(path, O_RDWR));
  R(open(path, O_PATH) >= 0);
  CHECK("stat(/proc/self/fd)", "it can be asked about");
  R(stat(path, &other));
  T(other.st_ino == st.st_ino && S_ISSOCK(other.st_mode));
  CHECK("fgetxattr", "attributes");
  R(fgetxattr(s[0], "user.x", text, sizeof text));
  CHECK("fcntl", "flags and locks");
  R(fcntl(s[0], F_GETFL));
  R(fcntl(s[0], F_SETFL, O_NONBLOCK | O_APPEND));
  R(fcntl(s[0], F_GETFL));
  struct flock lock = {.l_type = F_WRLCK};
  R(fcntl(s[0], F_SETLK, &lock));
  R(flock(s[0], LOCK_EX));
  R(fcntl(s[0], F_GETPIPE_SZ));
  CHECK("dup", "copies share everything");
  int copy = NEED(dup(s[0]));
  R(fcntl(copy, F_GETFL));
  close(s[0]);
  R(write(copy, "x", 1));
  CHECK("utimensat fallocate fdatasync getdents64", "what sockets do not do");
  R(futimens(copy, NULL));
  R(fallocate(copy, 0, 0, 10));
  R(fdatasync(copy));
  R(syscall(SYS_getdents64, copy, text, sizeof text));
  R(fchdir(copy));
  return 0;
}
