// covers: epoll_wait
// Events that cannot be handed over stay.
#include "case.h"

#include <sys/epoll.h>
int main(void) {
  int ep = NEED(epoll_create1(0)), p[4][2];
  for (int i = 0; i < 4; i++) {
    NEED(pipe(p[i]));
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 0x1122334400000000ul + i};
    NEED(epoll_ctl(ep, EPOLL_CTL_ADD, p[i][0], &event));
    NEED(write(p[i][1], "x", 1));
  }
  CHECK("epoll_wait", "a bad address loses no edge");
  R(epoll_wait(ep, (void *)8, 4, 0));
  R(epoll_wait(ep, (void *)8, 4, 0));
  CHECK("epoll_wait", "what fits before a bad page is handed over");
  char *edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(edge + 4096, 4096);
  struct epoll_event *room = (struct epoll_event *)(edge + 4096) - 2;
  R(epoll_wait(ep, room, 4, 0));
  say("%#lx %#lx", (unsigned long)room[0].data.u64, (unsigned long)room[1].data.u64);
  struct epoll_event events[4];
  int count = R(epoll_wait(ep, events, 4, 0));
  for (int i = 0; i < count; i++) say("%#lx", (unsigned long)events[i].data.u64);
  R(epoll_wait(ep, events, 4, 0));
  CHECK("epoll_wait", "a bad address is not noticed without events");
  R(epoll_wait(ep, (void *)8, 4, 0));
  R(epoll_wait(ep, NULL, 4, 10));
  CHECK("epoll_ctl", "events are read from a bad address");
  R(epoll_ctl(ep, EPOLL_CTL_MOD, p[0][0], (void *)8));
  R(epoll_ctl(ep, EPOLL_CTL_DEL, p[0][0], (void *)8));
  return 0;
}
