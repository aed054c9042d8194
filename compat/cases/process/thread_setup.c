// What a C library tells the kernel about a thread, and what it does not need any more.
#include "case.h"

int main(void) {
  CHECK("gettid getpid", "the first thread");
  T(syscall(SYS_gettid) == getpid());
  CHECK("set_tid_address", "gives the thread's id");
  static int word = 5;
  reap("child", CHILD(T(syscall(SYS_set_tid_address, &word) == syscall(SYS_gettid))));
  CHECK("set_robust_list", "sizes");
  R(syscall(SYS_set_robust_list, NULL, 24));
  R(syscall(SYS_set_robust_list, NULL, 23));
  CHECK("get_robust_list", "own, and none");
  void *head = &word;
  size_t size = 0;
  R(syscall(SYS_get_robust_list, 0, &head, &size));
  T(head == NULL && size == 24);
  R(syscall(SYS_get_robust_list, 1 << 29, &head, &size));
  CHECK("rseq", "registered once, and with the right size");
  static struct {
    uint32_t words[8];
  } area __attribute__((aligned(32)));
  R(syscall(SYS_rseq, &area, 32, 0, 0x53053053) == 0 ? 0 : errno == EINVAL || errno == EBUSY);
  R(syscall(SYS_rseq, &area, 32, 99, 0x53053053));
  R(syscall(SYS_rseq, (char *)&area + 1, 32, 0, 0x53053053));
  CHECK("arch_prctl(ARCH_GET_FS|ARCH_SET_FS)", "the base of thread-local storage");
  unsigned long base = 0;
  R(syscall(SYS_arch_prctl, 0x1003, &base));
  R(syscall(SYS_arch_prctl, 0x1002, base));
  R(syscall(SYS_arch_prctl, 0x1002, -1L));
  CHECK("arch_prctl(ARCH_GET_CPUID)", "may be used");
  R(syscall(SYS_arch_prctl, 0x1011, 0));
  CHECK("get_thread_area set_thread_area", "only 32-bit programs have them");
  char descriptor[32] = {0};
  R(syscall(SYS_get_thread_area, descriptor));
  R(syscall(SYS_set_thread_area, descriptor));
  CHECK("restart_syscall", "nothing to restart");
  R(syscall(SYS_restart_syscall));
  CHECK("membarrier", "queries, registers, barriers");
  T(syscall(SYS_membarrier, 0, 0, 0) >= 0);
  R(syscall(SYS_membarrier, 1 << 4, 0, 0));
  R(syscall(SYS_membarrier, 1 << 3, 0, 0));
  R(syscall(SYS_membarrier, 0, 1 << 5, 0));
  CHECK("exit_group exit", "only the lowest eight bits");
  reap("exit_group", CHILD(syscall(SYS_exit_group, 0x1234)));
  reap("exit", CHILD(syscall(SYS_exit, 0x1234)));
  CHECK("tkill", "threads and signals that are none");
  R(syscall(SYS_tkill, -1, 0));
  R(syscall(SYS_tkill, 0, 0));
  R(syscall(SYS_tkill, 1 << 29, 0));
  R(syscall(SYS_tkill, syscall(SYS_gettid), 65));
  CHECK("tgkill", "the group must be right");
  R(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 0));
  R(syscall(SYS_tgkill, getpid(), 0, 0));
  R(syscall(SYS_tgkill, -1, syscall(SYS_gettid), 0));
  reap("child", CHILD(R(syscall(SYS_tgkill, getppid(), syscall(SYS_gettid), 0))));
  CHECK("personality", "read and set to what it is");
  long now = syscall(SYS_personality, 0xffffffff);
  T(now >= 0 && syscall(SYS_personality, now) == now);
  return 0;
}
