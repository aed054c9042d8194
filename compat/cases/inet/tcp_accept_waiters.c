// tags: network
// Several processes wait in accept: each connection ends one wait.
#include "net.h"

enum { WAITERS = 4 };

int main(void) {
  CHECK("accept", "one waiter for each connection");
  int l = listen4(7440, 10), done[2];
  NEED(pipe(done));
  pid_t child[WAITERS];
  for (int i = 0; i < WAITERS; i++)
    child[i] = CHILD({
      int fd = NEED(accept(l, NULL, NULL));
      NEED(write(done[1], "x", 1));
      char byte;
      read(fd, &byte, 1);
      _exit(byte == 'q' ? 0 : 1);
    });
  sleep_ms(50);
  int connected[WAITERS];
  for (int i = 0; i < WAITERS; i++) {
    char byte;
    NEED(connect4(connected[i] = tcp4(), "127.0.0.1", 7440));
    NEED(read(done[0], &byte, 1));
    struct pollfd p = {done[0], POLLIN, 0};
    say("connection %d: another waiter ended too: %d", i, poll(&p, 1, 20));
  }
  for (int i = 0; i < WAITERS; i++) NEED(write(connected[i], "q", 1));
  int good = 0, status;
  for (int i = 0; i < WAITERS; i++) good += waitpid(child[i], &status, 0) == child[i] && status == 0;
  R(good);
  CHECK("epoll_ctl(EPOLLEXCLUSIVE) epoll_wait", "one of two is told");
  int a = NEED(epoll_create1(0)), b = NEED(epoll_create1(0));
  struct epoll_event event = {EPOLLIN | EPOLLEXCLUSIVE, {.fd = l}};
  NEED(epoll_ctl(a, EPOLL_CTL_ADD, l, &event));
  NEED(epoll_ctl(b, EPOLL_CTL_ADD, l, &event));
  pid_t x = CHILD({
    struct epoll_event got;
    _exit(epoll_wait(a, &got, 1, 150));
  });
  pid_t y = CHILD({
    struct epoll_event got;
    _exit(epoll_wait(b, &got, 1, 150));
  });
  sleep_ms(50);
  NEED(connect4(tcp4(), "127.0.0.1", 7440));
  int first, second;
  NEED(waitpid(x, &first, 0));
  NEED(waitpid(y, &second, 0));
  T(WEXITSTATUS(first) + WEXITSTATUS(second) >= 1);
  CHECK("shutdown(SHUT_RD)", "ends all waits");
  NEED(accept(l, NULL, NULL));
  for (int i = 0; i < 2; i++)
    child[i] = CHILD({
      int fd = accept(l, NULL, NULL);
      _exit(fd >= 0 ? 1 : errno == EINVAL ? 7 : 2);
    });
  sleep_ms(50);
  NEED(shutdown(l, SHUT_RD));
  reap("first", child[0]);
  reap("second", child[1]);
  return 0;
}
