// covers: sysfs
// sysfs(2): the list of file system types; it agrees with /proc/filesystems.
#include "case.h"

int main(void) {
  CHECK("sysfs", "types by number and by name");
  long count = syscall(SYS_sysfs, 3);
  T(count > 3);
  int same = 0, listed = 0;
  for (long i = 0; i < count; i++) {
    char name[4096];
    if (syscall(SYS_sysfs, 2, i, name) == 0 && syscall(SYS_sysfs, 1, name) == i) same++;
  }
  T(same == count);
  FILE *in = fopen("/proc/filesystems", "r");
  char line[256];
  while (in && fgets(line, sizeof line, in)) listed++;
  T(listed == count);
  CHECK("sysfs", "wrong arguments");
  R(syscall(SYS_sysfs, 0));
  R(syscall(SYS_sysfs, 4));
  R(syscall(SYS_sysfs, 1, "no-such-type"));
  R(syscall(SYS_sysfs, 1, 1));
  R(syscall(SYS_sysfs, 2, count, line));
  R(syscall(SYS_sysfs, 2, 0, 1));
  return 0;
}
