// The calls about names without a directory descriptor, where C libraries use others: mknod, chown, utime and their kin.
#include "case.h"

#include <sys/sysmacros.h>
#include <utime.h>
static char long_name[300];
static void show(const char *path) {
  struct stat st;
  if (lstat(path, &st))
    say("%s: %s", path, errno_name(errno));
  else
    say("%s: mode %o a %ld m %ld", path, st.st_mode, (long)st.st_atime, (long)st.st_mtime);
}
static void kind(const char *path) {
  struct stat st;
  NEED(lstat(path, &st));
  say("%s: mode %o", path, st.st_mode);
}
int main(void) {
  memset(long_name, 'n', 256);
  put("file", "x");
  NEED(given_symlink("file", "link"));
  NEED(given_symlink("loop", "loop"));
  CHECK("mknod(S_IFREG|S_IFIFO|S_IFSOCK)", "what everybody may make");
  R(syscall(SYS_mknod, "regular", S_IFREG | 0666, 0));
  kind("regular");
  R(syscall(SYS_mknod, "fifo", S_IFIFO | 0640, 0));
  kind("fifo");
  R(syscall(SYS_mknod, "socket", S_IFSOCK | 0600, 0));
  kind("socket");
  CHECK("mknod", "kinds and names that are refused");
  R(syscall(SYS_mknod, "regular", S_IFREG | 0666, 0));
  R(syscall(SYS_mknod, "dir", S_IFDIR | 0755, 0));
  R(syscall(SYS_mknod, "lnk", S_IFLNK | 0755, 0));
  R(syscall(SYS_mknod, "file/x", S_IFIFO | 0640, 0));
  R(syscall(SYS_mknod, "none/x", S_IFIFO | 0640, 0));
  R(syscall(SYS_mknod, "loop/x", S_IFIFO | 0640, 0));
  R(syscall(SYS_mknod, long_name, S_IFIFO | 0640, 0));
  R(syscall(SYS_mknod, "", S_IFIFO | 0640, 0));
  CHECK("mknodat", "mknodat: below a directory");
  NEED(given_directory("sub", 0755));
  int sub = NEED(open("sub", O_RDONLY)), file = NEED(open("file", O_RDWR));
  R(syscall(SYS_mknodat, sub, "fifo", S_IFIFO | 0600, 0));
  kind("sub/fifo");
  R(syscall(SYS_mknodat, file, "fifo", S_IFIFO | 0600, 0));
  R(syscall(SYS_mknodat, -1, "fifo", S_IFIFO | 0600, 0));
  CHECK("fchown", "descriptors");
  R(fchown(file, geteuid(), getegid()));
  R(fchown(file, -1, -1));
  R(fchown(-1, 0, 0));
  R(fchown(NEED(open("file", O_PATH)), -1, -1));
  CHECK("lchown chown", "names that are refused by chown");
  R(lchown("loop", -1, -1));
  R(chown("loop", -1, -1));
  R(chown(long_name, -1, -1));
  R(lchown("file/x", -1, -1));
  R(chown("", -1, -1));
  CHECK("fchownat(AT_EMPTY_PATH)", "the descriptor itself");
  R(fchownat(file, "", -1, -1, AT_EMPTY_PATH));
  R(fchownat(file, "", -1, -1, 0));
  R(fchownat(-1, "x", -1, -1, 0));
  CHECK("fchmodat2(AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH)", "files, links, descriptors");
  R(syscall(452, AT_FDCWD, "file", 0640, 0));
  R(syscall(452, AT_FDCWD, "file", 0604, AT_SYMLINK_NOFOLLOW));
  R(syscall(452, AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW));
  R(syscall(452, file, "", 0611, AT_EMPTY_PATH));
  kind("file");
  R(syscall(452, AT_FDCWD, "file", 0640, 0x10));
  CHECK("utime", "exact times, now, and what is refused");
  struct utimbuf seconds = {100, 200};
  R(syscall(SYS_utime, "file", &seconds));
  show("file");
  R(syscall(SYS_utime, "link", NULL));
  struct stat st;
  NEED(stat("file", &st));
  T(labs(st.st_mtime - time(NULL)) < 100);
  R(syscall(SYS_utime, "missing", &seconds));
  R(syscall(SYS_utime, "loop", &seconds));
  R(syscall(SYS_utime, long_name, &seconds));
  CHECK("utimes", "microseconds");
  struct timeval micro[2] = {{300, 1}, {400, 999999}};
  R(syscall(SYS_utimes, "file", micro));
  NEED(stat("file", &st));
  say("a %ld.%09ld m %ld.%09ld", (long)st.st_atime, st.st_atim.tv_nsec, (long)st.st_mtime,
      st.st_mtim.tv_nsec);
  micro[1].tv_usec = 1000000;
  R(syscall(SYS_utimes, "file", micro));
  R(syscall(SYS_utimes, "file/x", NULL));
  CHECK("futimesat", "below a directory, and a descriptor itself");
  micro[1].tv_usec = 5;
  put("sub/inside", "");
  R(syscall(SYS_futimesat, sub, "inside", micro));
  show("sub/inside");
  R(syscall(SYS_futimesat, file, NULL, micro));
  show("file");
  R(syscall(SYS_futimesat, file, "x", micro));
  R(syscall(SYS_futimesat, -1, "x", micro));
  CHECK("faccessat", "below a directory, unknown modes");
  R(syscall(SYS_faccessat, sub, "inside", R_OK));
  R(syscall(SYS_faccessat, file, "inside", R_OK));
  R(syscall(SYS_faccessat, sub, "inside", 9));
  R(syscall(SYS_faccessat, AT_FDCWD, "loop", F_OK));
  R(syscall(SYS_faccessat, AT_FDCWD, long_name, F_OK));
  CHECK("fchmodat", "fchmodat: below a directory");
  R(syscall(SYS_fchmodat, sub, "inside", 04711));
  kind("sub/inside");
  R(syscall(SYS_fchmodat, file, "inside", 0644));
  R(syscall(SYS_fchmodat, AT_FDCWD, "loop", 0644));
  CHECK("readlinkat", "below a directory, a link itself, sizes");
  NEED(symlinkat("target", sub, "link"));
  char text[32] = {0};
  R(readlinkat(sub, "link", text, sizeof text));
  R(readlinkat(NEED(openat(sub, "link", O_PATH | O_NOFOLLOW)), "", text, sizeof text));
  say("%s", text);
  R(readlinkat(sub, "inside", text, sizeof text));
  R(readlinkat(sub, "", text, sizeof text));
  R(syscall(SYS_readlinkat, sub, "link", text, -1));
  R(syscall(SYS_readlinkat, sub, "link", text, 0));
  R(readlinkat(file, "link", text, sizeof text));
  CHECK("linkat(AT_EMPTY_PATH)", "a descriptor gets a second name");
  if (geteuid() == 0) R(linkat(file, "", AT_FDCWD, "second", AT_EMPTY_PATH));
  R(linkat(file, "", AT_FDCWD, "third", 0));
  R(linkat(sub, "inside", sub, "inside", 0));
  R(linkat(-1, "x", sub, "y", 0));
  CHECK("renameat", "bases that are none");
  R(syscall(SYS_renameat, file, "x", sub, "y"));
  R(syscall(SYS_renameat, sub, "inside", -1, "y"));
  R(syscall(SYS_renameat, sub, "inside", AT_FDCWD, "out"));
  CHECK("mkdirat symlinkat unlinkat", "bases and names that are refused");
  R(mkdirat(file, "x", 0755));
  R(mkdirat(sub, long_name, 0755));
  R(symlinkat("", sub, "x"));
  R(symlinkat("x", file, "x"));
  R(symlinkat("x", sub, long_name));
  R(unlinkat(file, "x", 0));
  R(unlinkat(sub, ".", AT_REMOVEDIR));
  R(unlinkat(sub, "..", AT_REMOVEDIR));
  R(unlinkat(sub, "", 0));
  return 0;
}
