/* Namespaces of the stub: those it joins, and those it makes. setns(2), unshare(2), namespaces(7). */
#include <asm/fcntl.h>
#include <linux/if.h>
#include <linux/sched.h>
#include <linux/socket.h>

#include "plan.h"
#include "sys.h"

/* `type` is checked by the kernel: what is no namespace of it is refused. A pidfd may name several. */
void join_namespace(int fd, long type) {
  const long r = SYS2(__NR_setns, fd, type);
  if (r < 0) fail(r, "join a namespace", "");
  SYS1(__NR_close, fd);
}

void leave_for(long flags) {
  const long r = SYS1(__NR_unshare, flags);
  if (r < 0) fail(r, "make namespaces", "");
}

/* Writes a small file, if it may. */
void write_own(const char *path, const char *text) {
  long r = SYS4(__NR_openat, -100 /* AT_FDCWD */, path, O_WRONLY | O_CLOEXEC, 0);
  if (r >= 0) {
    const long fd = r;
    r = SYS3(__NR_write, fd, text, length(text));
    SYS1(__NR_close, fd);
  }
  if (r < 0) warn(r, "write", path);
}

void loopback_up(void) {
  const long fd = SYS3(__NR_socket, 2 /* AF_INET */, 2 /* SOCK_DGRAM */, 0);
  if (fd < 0) {
    warn(fd, "bring up the loopback device", "");
    return;
  }
  struct {
    char name[16];
    short flags;
    char rest[22];
  } request = {"lo", IFF_UP, {0}};
  const long r = SYS3(__NR_ioctl, fd, 0x8914 /* SIOCSIFFLAGS */, &request);
  if (r < 0) warn(r, "bring up the loopback device", "");
  SYS1(__NR_close, fd);
}
