// covers: poll epoll_wait
// Terminals: when both sides are ready, in lines and without, and how they hang up.
#include "case.h"

#include <sys/epoll.h>
#include <termios.h>
static int master, slave;
static void state(const char *label) {
  struct pollfd f[2] = {{master, POLLIN | POLLOUT | POLLPRI, 0}, {slave, POLLIN | POLLOUT | POLLPRI, 0}};
  poll(f, 2, 0);
  say("%s: master %#x, slave %#x", label, f[0].revents, f[1].revents);
}

int main(void) {
  char text[64];
  master = NEED(posix_openpt(O_RDWR | O_NOCTTY));
  NEED(grantpt(master));
  NEED(unlockpt(master));
  slave = -1;
  CHECK("poll", "lines");
  slave = NEED(open(ptsname(master), O_RDWR | O_NOCTTY));
  state("open");
  NEED(write(master, "half a li", 9));
  sleep_ms(10);
  NEED(read(master, text, 64));
  state("half a line");
  NEED(write(master, "ne\n", 3));
  sleep_ms(10);
  NEED(read(master, text, 64));
  state("a line");
  NEED(read(slave, text, 4));
  state("part of it read");
  NEED(read(slave, text, 64));
  state("all read");
  NEED(write(slave, "out", 3));
  state("output");
  NEED(read(master, text, 64));
  state("taken");
  CHECK("poll", "single characters");
  struct termios t;
  NEED(tcgetattr(slave, &t));
  cfmakeraw(&t);
  NEED(tcsetattr(slave, TCSANOW, &t));
  NEED(write(master, "a", 1));
  sleep_ms(10);
  state("a character");
  NEED(read(slave, text, 64));
  state("read");
  CHECK("poll", "VMIN without VTIME wants more");
  t.c_cc[VMIN] = 3;
  t.c_cc[VTIME] = 0;
  NEED(tcsetattr(slave, TCSANOW, &t));
  NEED(write(master, "ab", 2));
  sleep_ms(10);
  state("two of three");
  NEED(write(master, "c", 1));
  sleep_ms(10);
  state("three");
  NEED(read(slave, text, 64));
  CHECK("epoll_wait(EPOLLET)", "input is news");
  int ep = NEED(epoll_create1(0));
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, master, &event));
  R(epoll_wait(ep, &event, 1, 0));
  NEED(write(slave, "x", 1));
  R(epoll_wait(ep, &event, 1, 1000));
  R(epoll_wait(ep, &event, 1, 0));
  NEED(write(slave, "y", 1));
  R(epoll_wait(ep, &event, 1, 1000));
  CHECK("poll", "the slave is closed, with output left");
  close(slave);
  slave = -1;
  state("closed");
  R(read(master, text, 64));
  state("output read");
  R(read(master, text, 64));
  CHECK("poll", "opened again it is no longer hung up");
  slave = NEED(open(ptsname(master), O_RDWR | O_NOCTTY));
  state("open");
  CHECK("poll", "the master is closed");
  close(master);
  master = -1;
  state("closed");
  R(read(slave, text, 1));
  R(write(slave, "x", 1));
  return 0;
}
