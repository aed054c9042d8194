// getdents: the older record, with the type in its last byte.
#include "case.h"

struct old_dirent {
  unsigned long ino;
  unsigned long off;
  unsigned short reclen;
  char name[];
};
int main(void) {
  NEED(given_directory("d", 0755));
  put("d/file", "");
  NEED(given_directory("d/sub", 0755));
  NEED(given_symlink("x", "d/link"));
  char buffer[2048] __attribute__((aligned(8)));
  int fd = NEED(open("d", O_RDONLY));
  CHECK("getdents", "names, types and lengths");
  long got = syscall(SYS_getdents, fd, buffer, sizeof buffer);
  int found = 0, wrong = 0;
  for (long at = 0; at < got;) {
    struct old_dirent *entry = (void *)(buffer + at);
    int type = buffer[at + entry->reclen - 1];
    int wanted = strcmp(entry->name, "file") == 0   ? DT_REG
                 : strcmp(entry->name, "link") == 0 ? DT_LNK
                                                    : DT_DIR;
    wrong += type != wanted || entry->ino == 0 || entry->reclen % 8 != 0;
    found++;
    at += entry->reclen;
  }
  say("%d found, %d wrong", found, wrong);
  R(syscall(SYS_getdents, fd, buffer, sizeof buffer));
  CHECK("getdents lseek", "once more from the start");
  R(lseek(fd, 0, SEEK_SET));
  R(syscall(SYS_getdents, fd, buffer, sizeof buffer) == got);
  CHECK("getdents", "small buffers, and what is no directory");
  R(lseek(fd, 0, SEEK_SET));
  R(syscall(SYS_getdents, fd, buffer, 10));
  R(syscall(SYS_getdents, NEED(open("d/file", O_RDONLY)), buffer, sizeof buffer));
  R(syscall(SYS_getdents, -1, buffer, sizeof buffer));
  NEED(given_directory("e", 0755));
  fd = NEED(open("e", O_RDONLY));
  NEED(rmdir("e"));
  R(syscall(SYS_getdents, fd, buffer, sizeof buffer));
  return 0;
}
