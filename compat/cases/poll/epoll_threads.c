// covers: epoll_wait
// Several threads in one epoll: an edge or a one-shot is given to one of them only.
#include "case.h"

#include <sys/epoll.h>
enum { THREADS = 4, ROUNDS = 20 };
static int ep, p[2];
static atomic_int woken, timed_out;

static void *waiter(void *unused UNUSED) {
  struct epoll_event event;
  int r = epoll_wait(ep, &event, 1, 200);
  if (r == 1)
    woken++;
  else
    timed_out++;
  return NULL;
}
static void round_of(uint32_t events, int writes) {
  pthread_t threads[THREADS];
  ep = NEED(epoll_create1(0));
  NEED(pipe(p));
  struct epoll_event event = {.events = events};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event));
  woken = timed_out = 0;
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, waiter, NULL);
  sleep_ms(40);
  for (int i = 0; i < writes; i++) {
    NEED(write(p[1], "x", 1));
    sleep_ms(15);
  }
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  say("%d writes: %d woken, %d not", writes, woken, timed_out);
}

int main(void) {
  CHECK("epoll_wait(EPOLLET)", "one thread for each edge");
  round_of(EPOLLIN | EPOLLET, 1);
  round_of(EPOLLIN | EPOLLET, 3);
  CHECK("epoll_wait(EPOLLONESHOT)", "one thread in all");
  round_of(EPOLLIN | EPOLLONESHOT, 3);
  CHECK("epoll_wait(EPOLLIN)", "a level wakes all, one after the other");
  round_of(EPOLLIN, 1);
  return 0;
}
