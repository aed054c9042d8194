// Calls by descriptor: what O_PATH, read-only and foreign descriptors allow.
#include "case.h"

#include <sys/vfs.h>
static void mode(const char *path) {
  struct stat st;
  NEED(stat(path, &st));
  say("%s: %o", path, st.st_mode & 07777);
}
int main(void) {
  put("f", "text");
  NEED(given_directory("d", 0755));
  int fd = NEED(open("f", O_RDONLY)), path = NEED(open("f", O_PATH)), dir = NEED(open("d", O_RDONLY)),
      dirpath = NEED(open("d", O_PATH)), p[2];
  NEED(pipe(p));
  CHECK("fchmod", "read-only descriptors, directories, pipes");
  R(fchmod(fd, 0604));
  mode("f");
  R(fchmod(dir, 01711));
  mode("d");
  R(fchmod(p[0], 0600));
  R(fchmod(dirpath, 0600));
  CHECK("fchown", "read-only descriptors, directories, pipes, to oneself");
  R(fchown(fd, geteuid(), -1));
  R(fchown(dir, -1, getegid()));
  R(fchown(p[0], geteuid(), getegid()));
  R(fchown(dirpath, -1, -1));
  CHECK("fchdir", "by O_PATH, and what is no directory");
  R(fchdir(dirpath));
  OK(access("../d", F_OK));
  R(fchdir(p[0]));
  R(fchdir(path));
  R(chdir(".."));
  CHECK("fstatfs", "files, directories, pipes, O_PATH");
  struct statfs fs;
  R(fstatfs(dir, &fs));
  R(fstatfs(path, &fs));
  R(fstatfs(p[0], &fs));
  CHECK("read write", "O_PATH is no open file");
  R(read(path, (char[1]){0}, 1));
  R(write(path, "x", 1));
  CHECK("pread64 pwrite64 readv writev", "O_PATH is no open file for any of them");
  struct iovec one = {(char[1]){0}, 1};
  R(pread(path, one.iov_base, 1, 0));
  R(pwrite(path, one.iov_base, 1, 0));
  R(readv(path, &one, 1));
  R(writev(path, &one, 1));
  CHECK("getdents64 ftruncate fsync fallocate", "O_PATH is no open file here either");
  char buffer[64];
  R(syscall(SYS_getdents64, dirpath, buffer, sizeof buffer));
  R(ftruncate(path, 0));
  R(fsync(path));
  R(fallocate(path, 0, 0, 1));
  CHECK("newfstatat(AT_EMPTY_PATH)", "O_PATH can be asked");
  struct stat st;
  R(fstat(path, &st));
  R(st.st_size);
  CHECK("fstat", "O_PATH can be asked directly");
  R(syscall(SYS_fstat, path, &st));
  CHECK("close", "twice");
  R(close(path));
  R(close(path));
  CHECK("openat(/proc/self/fd)", "another mode for the same file");
  char name[64];
  sprintf(name, "/proc/self/fd/%d", fd);
  int writable = OK(open(name, O_WRONLY));
  R(write(writable, "TEXT", 4));
  R(pread(fd, buffer, 4, 0));
  say("%.4s", buffer);
  CHECK("openat(O_DIRECTORY|O_CREAT)", "excluded");
  R(open("new", O_RDONLY | O_DIRECTORY | O_CREAT, 0755));
  CHECK("openat(O_NOATIME)", "of others' files");
  if (geteuid() == 0) {
    NEED(given_mode(".", 0755));
    NEED(given_mode("..", 0755));
    NEED(given_mode("f", 0644));
    reap("user", CHILD({
           NEED(setuid(987));
           R(open("f", O_RDONLY | O_NOATIME));
         }));
  }
  OK(open("f", O_RDONLY | O_NOATIME));
  CHECK("openat", "flags that are unknown are ignored");
  OK(open("f", O_RDONLY | 0x40000000));
  CHECK("write(O_APPEND)", "after another writer");
  int a = NEED(open("f", O_WRONLY | O_APPEND)), b = NEED(open("f", O_WRONLY | O_APPEND));
  R(write(a, "1", 1));
  R(write(b, "22", 2));
  R(write(a, "3", 1));
  say("%s", get("f"));
  CHECK("lseek", "of directories, and what has no position");
  R(lseek(dir, 0, SEEK_SET));
  R(lseek(dir, -1, SEEK_SET));
  R(lseek(p[0], 0, SEEK_END));
  return 0;
}
