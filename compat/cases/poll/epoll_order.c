// covers: epoll_wait
// The order of reports: as events came; what stays ready goes behind the others.
#include "case.h"

#include <sys/epoll.h>
enum { COUNT = 6 };
static int ep, ends[COUNT][2];

static void show(const char *label, int most) {
  struct epoll_event events[COUNT];
  int count = epoll_wait(ep, events, most, 0), used = 0;
  char line[64] = "";
  for (int i = 0; i < count; i++) used += snprintf(line + used, sizeof line - used, " %d", events[i].data.fd);
  say("%s: %d:%s", label, count, line);
}
static void change(int op, int i, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = i};
  NEED(epoll_ctl(ep, op, ends[i][0], &event));
}
static void fill(int i) {
  NEED(write(ends[i][1], "x", 1));
}
static void empty(int i) {
  char text[16];
  NEED(read(ends[i][0], text, sizeof text));
}

int main(void) {
  ep = NEED(epoll_create1(0));
  for (int i = 0; i < COUNT; i++) NEED(pipe(ends[i]));
  for (int i = 0; i < COUNT; i++) change(EPOLL_CTL_ADD, i, EPOLLIN);
  CHECK("epoll_wait", "as the events came");
  fill(3);
  fill(1);
  fill(5);
  fill(1);
  fill(0);
  show("all", COUNT);
  CHECK("epoll_wait", "those that were reported go behind those that were not");
  show("two", 2);
  show("two", 2);
  show("two", 2);
  show("one", 1);
  show("all", COUNT);
  fill(4);
  show("one more came", 2);
  show("the rest", COUNT);
  CHECK("epoll_wait", "what is no longer ready drops out, and comes in at the end");
  empty(1);
  show("without 1", COUNT);
  fill(1);
  show("with 1", COUNT);
  CHECK("epoll_wait(EPOLLET)", "edges are reported once, in their order");
  for (int i = 0; i < COUNT; i++) {
    struct epoll_event event;
    NEED(epoll_ctl(ep, EPOLL_CTL_DEL, ends[i][0], &event));
  }
  for (int i = COUNT - 1; i >= 0; i--) change(EPOLL_CTL_ADD, i, EPOLLIN | EPOLLET);
  show("ready when added", COUNT);
  fill(2);
  fill(0);
  fill(2);
  show("news", 1);
  show("news", COUNT);
  show("none", COUNT);
  CHECK("epoll_ctl(EPOLL_CTL_MOD)", "puts what is ready at the end, unless it is in the line");
  change(EPOLL_CTL_MOD, 4, EPOLLIN | EPOLLET);
  change(EPOLL_CTL_MOD, 3, EPOLLIN | EPOLLET);
  change(EPOLL_CTL_MOD, 4, EPOLLIN | EPOLLET);
  show("modified", COUNT);
  return 0;
}
