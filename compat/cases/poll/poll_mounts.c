// covers: poll epoll_wait
// Files of the kernel that can be polled: always readable, and the table of mounts tells of changes.
#include "case.h"

#include <sys/epoll.h>
static void state(const char *path) {
  int fd = open(path, O_RDONLY);
  struct pollfd f = {fd, 0x7fff, 0};
  int n = poll(&f, 1, 0);
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN};
  say("%s: %d %#x, epoll %s", path, n, f.revents,
      epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0 ? "ok" : errno_name(errno));
  close(ep);
  close(fd);
}

int main(void) {
  CHECK("poll epoll_ctl", "which are like files on a disk, and which can be watched");
  state("/proc/version");
  state("/proc/uptime");
  state("/proc/self/mounts");
  state("/proc/self/mountinfo");
  state("/proc/self/status");
  state("/proc/self/cmdline");
  state("/proc/self");
  state("/proc/self/fd");
  state("/proc/net/tcp");
  return 0;
}
