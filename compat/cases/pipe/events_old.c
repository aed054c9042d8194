// The older forms of calls that make descriptors: without flags.
#include "case.h"

#include <sys/epoll.h>
#include <sys/inotify.h>
static void show_flags(int fd) {
  say("cloexec %d nonblock %d", fcntl(fd, F_GETFD), (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
}
int main(void) {
  int p[2];
  uint64_t value = 0;
  CHECK("pipe", "two ends without flags");
  R(syscall(SYS_pipe, p));
  show_flags(p[0]);
  show_flags(p[1]);
  R(write(p[1], "abc", 3));
  R(read(p[0], &value, 8));
  CHECK("eventfd", "a counter without flags");
  int event = OK(syscall(SYS_eventfd, 7));
  show_flags(event);
  R(read(event, &value, 8));
  R(value);
  CHECK("epoll_create", "any size but none");
  int ep = OK(syscall(SYS_epoll_create, 1));
  show_flags(ep);
  OK(syscall(SYS_epoll_create, 1 << 30));
  R(syscall(SYS_epoll_create, 0));
  R(syscall(SYS_epoll_create, -1));
  CHECK("inotify_init", "without flags");
  int notify = OK(syscall(SYS_inotify_init));
  show_flags(notify);
  R(inotify_rm_watch(notify, 1));
  R(inotify_rm_watch(p[0], 1));
  R(inotify_rm_watch(-1, 1));
  CHECK("inotify_init1(IN_NONBLOCK|IN_CLOEXEC)", "both flags");
  show_flags(NEED(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)));
  CHECK("select", "descriptors that are ready, and the time that is left");
  fd_set in;
  FD_ZERO(&in);
  FD_SET(p[0], &in);
  struct timeval left = {0, 20000};
  R(syscall(SYS_select, p[0] + 1, &in, NULL, NULL, &left));
  T(!FD_ISSET(p[0], &in) && left.tv_sec == 0 && left.tv_usec == 0);
  NEED(write(p[1], "x", 1));
  FD_SET(p[0], &in);
  left = (struct timeval){5, 0};
  R(syscall(SYS_select, p[0] + 1, &in, NULL, NULL, &left));
  T(FD_ISSET(p[0], &in) && left.tv_sec == 4);
  CHECK("select", "select: what is refused");
  R(syscall(SYS_select, -1, NULL, NULL, NULL, &left));
  left = (struct timeval){-1, 0};
  R(syscall(SYS_select, 0, NULL, NULL, NULL, &left));
  FD_ZERO(&in);
  FD_SET(900, &in);
  left = (struct timeval){0, 0};
  R(syscall(SYS_select, 901, &in, NULL, NULL, &left));
  CHECK("dup2", "dup2: what is refused");
  R(dup2(p[0], 1 << 30));
  R(dup2(-1, -1));
  R(dup2(p[0], p[0]) == p[0]);
  CHECK("dup3", "what is refused by dup3");
  R(dup3(p[0], p[0], O_CLOEXEC));
  R(dup3(-1, 60, 0));
  R(dup3(p[0], -1, 0));
  R(dup3(p[0], 60, O_APPEND));
  CHECK("epoll_ctl_old epoll_wait_old", "were never there");
  R(syscall(214, ep, 1, p[0], NULL));
  R(syscall(215, ep, NULL, 1, 0));
  return 0;
}
