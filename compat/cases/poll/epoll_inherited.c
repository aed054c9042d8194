// covers: epoll_wait fork execve
// Epoll descriptors in children, and after exec: what they watch stays the parent's open files.
#include "case.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
int main(int argc, char **argv) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = 5};
  if (argc > 1) {
    int ep = atoi(argv[1] + 1);
    int r = epoll_wait(ep, &event, 1, 1000);
    _exit(r == 1 ? (int)event.data.u32 : 100);
  }
  int ep = NEED(epoll_create1(0)), fd = NEED(eventfd(0, 0));
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
  uint64_t one = 1;
  CHECK("fork", "a child waits on the same set");
  pid_t child = CHILD({ _exit(epoll_wait(ep, &event, 1, 2000) == 1 ? (int)event.data.u32 : 100); });
  NEED(write(fd, &one, 8));
  reap("child", child);
  CHECK("fork", "what a child adds is seen by the parent");
  int other = NEED(eventfd(1, 0));
  child = CHILD({
    event.data.u32 = 6;
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, other, &event));
    event.data.u32 = 7;
    // Known to the child only; it goes with the child.
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, NEED(eventfd(1, 0)), &event));
  });
  reap("child", child);
  NEED(read(fd, &one, 8));
  struct epoll_event events[4];
  R(epoll_wait(ep, events, 4, 0));
  R(events[0].data.u32);
  R(epoll_ctl(ep, EPOLL_CTL_ADD, other, &event));
  R(epoll_ctl(ep, EPOLL_CTL_DEL, other, NULL));
  CHECK("close", "a child that closes a descriptor takes nothing from the parent");
  NEED(write(fd, &one, 8));
  reap("child", CHILD({ close(fd); }));
  R(epoll_wait(ep, events, 4, 0));
  CHECK("execve", "an epoll without EPOLL_CLOEXEC goes on after it");
  char argument[16];
  snprintf(argument, sizeof argument, "@%d", ep);
  child = CHILD({ execl("/proc/self/exe", argv[0], argument, NULL); });
  reap("program", child);
  CHECK("execve", "with it, it is gone");
  NEED(fcntl(ep, F_SETFD, FD_CLOEXEC));
  child = CHILD({ execl("/proc/self/exe", argv[0], argument, NULL); });
  reap("program", child);
  return 0;
}
