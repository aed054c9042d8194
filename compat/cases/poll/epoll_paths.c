// covers: epoll_ctl
// How many ways of epoll descriptors may lead to one file: fewer the longer they are (path_limits).
#include "case.h"

#include <sys/epoll.h>
static long add(int ep, int fd) {
  struct epoll_event event = {.events = EPOLLIN};
  return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
}

int main(void) {
  struct rlimit limit = {4096, 4096};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  int p[2], count = 0, inner;
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "a thousand watchers of one file are fine");
  NEED(pipe(p));
  for (int i = 0; i < 1010; i++) count += add(NEED(epoll_create1(0)), p[0]) == 0;
  say("%d", count);
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "ways of two levels");
  NEED(pipe(p));
  inner = NEED(epoll_create1(0));
  NEED(add(inner, p[0]));
  count = 0;
  int error = 0;
  for (int i = 0; i < 510; i++) {
    if (add(NEED(epoll_create1(0)), inner) == 0)
      count++;
    else
      error = errno;
  }
  say("%d, then %s", count, errno_name(error));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "ways of three levels");
  int low = NEED(epoll_create1(0)), middle = NEED(epoll_create1(0));
  NEED(pipe(p));
  NEED(add(low, p[0]));
  NEED(add(middle, low));
  count = 0;
  error = 0;
  for (int i = 0; i < 110; i++) {
    if (add(NEED(epoll_create1(0)), middle) == 0)
      count++;
    else
      error = errno;
  }
  say("%d, then %s", count, errno_name(error));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "a file added below a full tree");
  NEED(pipe(p));
  int q[2];
  NEED(pipe(q));
  R(add(low, q[0]));
  R(add(middle, q[0]));
  CHECK("epoll_ctl(EPOLL_CTL_ADD)", "branches multiply");
  NEED(pipe(p));
  int top[12], mid[12];
  for (int i = 0; i < 12; i++) top[i] = NEED(epoll_create1(0));
  for (int i = 0; i < 12; i++) mid[i] = NEED(epoll_create1(0));
  int leaf = NEED(epoll_create1(0));
  NEED(add(leaf, p[0]));
  for (int i = 0; i < 12; i++) NEED(add(mid[i], leaf));
  count = 0;
  error = 0;
  for (int i = 0; i < 12; i++) {
    for (int k = 0; k < 12; k++) {
      if (add(top[i], mid[k]) == 0)
        count++;
      else
        error = errno;
    }
  }
  say("%d, then %s", count, errno_name(error));
  return 0;
}
