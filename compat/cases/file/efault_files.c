// covers: open read write stat getcwd readlink pipe getdents64 readv rename utimensat statfs
// Bad pointers to the calls about files.
#include "case.h"

int main(void) {
  put("f", "data");
  int fd = NEED(open("f", O_RDWR)), dir = NEED(open(".", O_RDONLY)), p[2];
  NEED(pipe(p));
  NEED(write(p[1], "x", 1));
  char *edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *readonly = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(munmap(edge + 4096, 4096));
  memset(edge, 'e', 4096);
  void *bad[] = {(void *)8, (void *)-1, edge + 4096, (void *)0xffff800000000000UL, readonly};
  for (int i = 0; i < 5; i++) {
    void *b = bad[i];
    say("pointer %d", i);
    if (i < 4) {
      R(syscall(SYS_open, b, O_RDONLY));
      R(syscall(SYS_mkdir, b, 0755));
      R(syscall(SYS_rename, "f", b));
      R(syscall(SYS_chdir, b));
      R(syscall(SYS_write, fd, b, 10));
      R(syscall(SYS_write, p[1], b, 10));
      R(syscall(SYS_readv, fd, b, 1));
      R(syscall(SYS_symlink, b, "s"));
    }
    R(syscall(SYS_pread64, fd, b, 4, 0));
    R(syscall(SYS_read, p[0], b, 1));
    R(syscall(SYS_stat, "f", b));
    R(syscall(SYS_fstat, fd, b));
    R(syscall(SYS_getcwd, b, 4096));
    R(syscall(SYS_readlink, "/proc/self/exe", b, 100));
    R(syscall(SYS_pipe, b));
    R(syscall(SYS_getdents64, dir, b, 1000));
    R(syscall(SYS_statfs, ".", b));
  }
  say("at the edge of memory");
  R(syscall(SYS_open, edge + 4095, O_RDONLY));
  edge[4095] = 0;
  R(syscall(SYS_open, edge + 4095, O_RDONLY));
  R(syscall(SYS_stat, "f", edge + 4090));
  R(syscall(SYS_fcntl, fd, F_GETLK, 8));
  R(syscall(SYS_ioctl, fd, FIONREAD, 8));
  R(syscall(SYS_utimensat, AT_FDCWD, "f", 8, 0));
  R(syscall(SYS_poll, 8, 1, 0));
  R(syscall(SYS_select, 1, 8, 0, 0, 0));
  R(syscall(SYS_read, -1, 8, 10));
  say("content %s", get("f"));
  return 0;
}
