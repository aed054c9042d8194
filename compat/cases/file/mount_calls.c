// The newer calls about mounts, and fanotify, as a user without privileges has them.
#include "case.h"

static void user(void) {
  char buffer[512] __attribute__((aligned(8))) = {0};
  int here = NEED(open(".", O_RDONLY));
  CHECK("open_tree", "a name, a clone, flags");
  OK(syscall(428, AT_FDCWD, ".", O_CLOEXEC));
  R(syscall(428, AT_FDCWD, ".", 1));
  R(syscall(428, AT_FDCWD, ".", 0x40000000));
  R(syscall(428, AT_FDCWD, "missing", 0));
  CHECK("move_mount", "refused");
  R(syscall(429, AT_FDCWD, ".", AT_FDCWD, ".", 0));
  CHECK("fsopen", "refused by fsopen");
  R(syscall(430, "tmpfs", 0));
  CHECK("fsconfig", "what is no context");
  R(syscall(431, here, 6, NULL, NULL, 0));
  R(syscall(431, -1, 6, NULL, NULL, 0));
  CHECK("fsmount", "refused by fsmount");
  R(syscall(432, here, 0, 0));
  CHECK("fspick", "refused by fspick");
  R(syscall(433, AT_FDCWD, ".", 0));
  CHECK("mount_setattr", "nothing to do, sizes, refused");
  R(syscall(442, AT_FDCWD, ".", 0, buffer, 32));
  R(syscall(442, AT_FDCWD, ".", 0, buffer, 8));
  ((uint64_t *)buffer)[0] = 1;
  R(syscall(442, AT_FDCWD, ".", 0, buffer, 32));
  memset(buffer, 0, sizeof buffer);
  CHECK("open_tree_attr", "sizes");
  R(syscall(467, AT_FDCWD, ".", 0, buffer, 8));
  CHECK("statmount", "flags and sizes");
  R(syscall(457, buffer, buffer, sizeof buffer, 1));
  CHECK("listmount", "flags and sizes of lists");
  R(syscall(458, buffer, buffer, 1, 99));
  CHECK("quotactl_fd", "no descriptor");
  R(syscall(443, -1, 0x80000700, 0, NULL));
  CHECK("sysfs", "unknown operations");
  R(syscall(SYS_sysfs, 99, 0, 0));
  CHECK("fanotify_init", "privileges and flags");
  R(syscall(SYS_fanotify_init, 0, 0));
  CHECK("fanotify_mark", "what is no group");
  R(syscall(SYS_fanotify_mark, -1, 1, 1, AT_FDCWD, "."));
  R(syscall(SYS_fanotify_mark, here, 1, 1, AT_FDCWD, "."));
}
int main(void) {
  NEED(given_mode("..", 0755));
  NEED(given_mode(".", 0755));
  reap("user", CHILD({
         if (geteuid() == 0) {
           NEED(setgid(34567));
           NEED(setuid(34567));
         }
         user();
       }));
  return 0;
}
