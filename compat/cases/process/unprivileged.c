// covers: chroot mount umount2 pivot_root sethostname setdomainname settimeofday clock_settime adjtimex clock_adjtime acct swapon swapoff reboot iopl ioperm init_module finit_module delete_module kexec_load kexec_file_load vhangup syslog open_by_handle_at unshare clone setgroups setns mknodat sched_setscheduler ioprio_set prctl kill setxattr quotactl
// tags: permissions
// What a user without privileges is refused, whatever the machine allows root.
#include "case.h"

#include <sys/mount.h>
#include <sys/timex.h>
#define REFUSED(name, call)           \
  do {                                \
    CHECK(name, "by a user: " #call); \
    case_result(#call, (long)(call)); \
  } while (0)

/* The same for calls that a machine's kernel need not have. */
#define REFUSED_OR_MISSING(name, call)                      \
  do {                                                      \
    CHECK(name, "by a user: " #call);                       \
    T((call) == -1 && (errno == EPERM || errno == ENOSYS)); \
  } while (0)

static void user(void) {
  NEED(setgid(23456));
  NEED(setuid(23456));
  struct timeval now = {1000000000, 0};
  struct timespec second = {1000000000, 0};
  struct timex adjust = {.modes = ADJ_OFFSET_SINGLESHOT, .offset = 1};
  int here = NEED(open(".", O_RDONLY));
  REFUSED("chroot", chroot("."));
  REFUSED("mount", mount("none", ".", "tmpfs", 0, NULL));
  REFUSED("mount(MS_BIND)", mount(".", ".", NULL, MS_BIND, NULL));
  REFUSED("umount2", syscall(SYS_umount2, ".", 0));
  REFUSED("pivot_root", syscall(SYS_pivot_root, ".", "."));
  REFUSED("sethostname", sethostname("x", 1));
  REFUSED("setdomainname", setdomainname("x", 1));
  REFUSED("settimeofday", syscall(SYS_settimeofday, &now, NULL));
  REFUSED("clock_settime", clock_settime(CLOCK_REALTIME, &second));
  REFUSED("adjtimex", syscall(SYS_adjtimex, &adjust));
  REFUSED("clock_adjtime", clock_adjtime(CLOCK_REALTIME, &adjust));
  REFUSED_OR_MISSING("acct", syscall(SYS_acct, NULL));
  REFUSED_OR_MISSING("swapon", syscall(SYS_swapon, ".", 0));
  REFUSED_OR_MISSING("swapoff", syscall(SYS_swapoff, "."));
  REFUSED("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0));
  REFUSED_OR_MISSING("iopl", syscall(SYS_iopl, 3));
  REFUSED_OR_MISSING("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
  REFUSED_OR_MISSING("init_module", syscall(SYS_init_module, "", 0, ""));
  REFUSED_OR_MISSING("finit_module", syscall(SYS_finit_module, here, "", 0));
  REFUSED_OR_MISSING("delete_module", syscall(SYS_delete_module, "none", 0));
  REFUSED_OR_MISSING("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, 0));
  REFUSED_OR_MISSING("kexec_file_load", syscall(SYS_kexec_file_load, here, here, 0, NULL, 0));
  REFUSED("vhangup", syscall(SYS_vhangup));
  REFUSED("syslog(SYSLOG_ACTION_CLEAR)", syscall(SYS_syslog, 5, NULL, 0));
  REFUSED("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, (int[4]){8, 1}, O_RDONLY));
  REFUSED("unshare(CLONE_NEWNS)", unshare(CLONE_NEWNS));
  REFUSED("unshare(CLONE_NEWPID)", unshare(CLONE_NEWPID));
  REFUSED("unshare(CLONE_NEWNET)", unshare(CLONE_NEWNET));
  REFUSED("clone(CLONE_NEWNS)", syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0));
  REFUSED("setgroups", setgroups(0, NULL));
  REFUSED("setns", syscall(SYS_setns, syscall(SYS_pidfd_open, getpid(), 0), CLONE_NEWUTS));
  REFUSED("mknodat(S_IFCHR)", mknod("null", S_IFCHR | 0666, makedev(1, 3)));
  REFUSED("mknodat(S_IFBLK)", mknod("disk", S_IFBLK | 0666, makedev(8, 0)));
  REFUSED("sched_setscheduler(SCHED_FIFO)", sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){5}));
  REFUSED("ioprio_set(IOPRIO_CLASS_RT)", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
  REFUSED("prctl(PR_CAPBSET_DROP)", prctl(PR_CAPBSET_DROP, 0, 0, 0, 0));
  REFUSED("kill", kill(getppid(), SIGTERM));
  REFUSED("setxattr", syscall(SYS_setxattr, "/", "trusted.x", "x", 1, 0));
  CHECK("quotactl", "by a user: what is no device");
  T(syscall(SYS_quotactl, 0x80000700, "/dev/none", 0, NULL) == -1);
}
int main(void) {
  NEED(given_mode(".", 0777));
  NEED(given_mode("..", 0755));
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  reap("user", CHILD(user()));
  return 0;
}
