// Numbers that are no system calls, and calls with unknown operations.
#include "case.h"

int main(void) {
  long numbers[] = {600, 999, 4095, 100000, 0x7fffffff, -1, 400, 1L << 31};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    long result = syscall(numbers[i], 0, 0, 0, 0, 0, 0);
    say("%ld: %ld %s", numbers[i], result, errno_name(errno));
  }
  CHECK("arch_prctl(ARCH_GET_FS)", "the base of thread-local storage, unknown operations");
  R(syscall(SYS_arch_prctl, 0x9999, 0));
  unsigned long base;
  R(syscall(SYS_arch_prctl, 0x1003, &base));
  T(base != 0);
  CHECK("personality", "the present one");
  R(syscall(SYS_personality, 0xffffffff));
  R(syscall(SYS_getpid) == getpid());
  CHECK("ioctl", "an unknown request");
  R(syscall(SYS_ioctl, 1, 0xdeadbeef, 0));
  CHECK("membarrier", "an unknown command, and the query");
  R(syscall(SYS_membarrier, 12345, 0, 0));
  R(syscall(SYS_membarrier, 0, 0, 0) > 0);
  CHECK("epoll_create1", "unknown flags");
  R(syscall(SYS_epoll_create1, -1));
  CHECK("uselib nfsservctl getpmsg tuxcall vserver create_module", "calls that are no more");
  R(syscall(SYS_uselib, 0));
  R(syscall(SYS_nfsservctl, 0));
  R(syscall(SYS_getpmsg, 0));
  R(syscall(SYS_tuxcall, 0));
  R(syscall(SYS_vserver, 0));
  R(syscall(SYS_create_module, 0));
  return 0;
}
