/* Calls that no guest may have, with arguments that would work for a privileged program. Each must fail. */
#include "guest.h"

static void must_fail(const char *what, long result) {
  printf("%s: %s\n", what, result == -1 ? "refused" : "ALLOWED");
}

int main(void) {
  static char page[4096];
  work_directory();
  must_fail("io_uring_setup", syscall(SYS_io_uring_setup, 4, page));
  must_fail("bpf", syscall(SYS_bpf, 0, page, 64));
  must_fail("perf_event_open", syscall(SYS_perf_event_open, page, 0, -1, -1, 0));
  must_fail("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, 0));
  must_fail("init_module", syscall(SYS_init_module, page, 4096, ""));
  must_fail("finit_module", syscall(SYS_finit_module, 0, "", 0));
  must_fail("delete_module", syscall(SYS_delete_module, "nothing", O_NONBLOCK));
  must_fail("iopl", syscall(SYS_iopl, 3));
  must_fail("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
  must_fail("swapon", syscall(SYS_swapon, "alive", 0));
  must_fail("reboot", syscall(SYS_reboot, 0, 0, 0, NULL));
  // Keys are the sandbox's own; types that the host kernel acts on are not among them.
  must_fail("encrypted key", syscall(SYS_add_key, "encrypted", "k", "new user:m 32", 13, -3));
  must_fail("asymmetric key", syscall(SYS_add_key, "asymmetric", "k", "x", 1, -3));
  must_fail("userfaultfd", syscall(SYS_userfaultfd, 0));
  must_fail("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, page, 0));
  must_fail("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
  must_fail("quotactl", syscall(SYS_quotactl, 0x800002, "/", 0, page));
  must_fail("acct", syscall(SYS_acct, "alive"));
  must_fail("lookup_dcookie", syscall(SYS_lookup_dcookie, 1, page, 100));
  must_fail("/dev/mem", open("/dev/mem", O_RDONLY));
  must_fail("/dev/kmsg", open("/dev/kmsg", O_WRONLY));
  must_fail("/proc/kcore", open("/proc/kcore", O_RDONLY));
  must_fail("/proc/sysrq-trigger", open("/proc/sysrq-trigger", O_WRONLY));
  must_fail("core_pattern", open("/proc/sys/kernel/core_pattern", O_WRONLY));
  /* A block device made here must not open the machine's disk. */
  if (mknod("disk", S_IFBLK | 0600, 254 << 8) == 0) must_fail("block device 254:0", open("disk", O_RDONLY));
  if (mknod("disk2", S_IFBLK | 0600, 8 << 8) == 0) must_fail("block device 8:0", open("disk2", O_RDONLY));
  if (mknod("memory", S_IFCHR | 0600, (1 << 8) | 1) == 0)
    must_fail("character device 1:1", open("memory", O_RDONLY));
  return still_alive();
}
