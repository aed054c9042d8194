// covers: epoll_ctl epoll_wait
// Random sequences of calls on epoll descriptors, eventfds and pipes: every report is compared, and its order.
#include "case.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
enum { FILES = 8, STEPS = 250 };
static uint64_t state;
static unsigned below(unsigned n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)(state >> 11) % n;
}

/* Four pipes by their read ends, two by their write ends, an eventfd, and the second epoll. */
static int fds[FILES], others[FILES], ep[2];

static uint32_t events(void) {
  uint32_t e = 0;
  if (below(4)) e |= EPOLLIN;
  if (below(3) == 0) e |= EPOLLOUT;
  if (below(2)) e |= EPOLLET;
  if (below(4) == 0) e |= EPOLLONESHOT;
  if (below(8) == 0) e |= EPOLLRDHUP | EPOLLPRI;
  return e;
}

static void step(int number) {
  static char data[70000];
  int i = (int)below(FILES), which = (int)below(4) == 0;
  long r = 0;
  char what[64];
  struct epoll_event event = {.events = events(), .data.u32 = (uint32_t)(i + 10 * below(10))}, got[FILES];
  unsigned kind = below(12), n = below(3) ? 1 + below(3) : 65536;
  switch (kind) {
    case 0:
    case 1:
    case 2:
      snprintf(what, sizeof what, "add %d %d %x", which, i, event.events);
      r = epoll_ctl(ep[which], EPOLL_CTL_ADD, fds[i], &event);
      break;
    case 3:
      snprintf(what, sizeof what, "mod %d %d %x", which, i, event.events);
      r = epoll_ctl(ep[which], EPOLL_CTL_MOD, fds[i], &event);
      break;
    case 4:
      snprintf(what, sizeof what, "del %d %d", which, i);
      r = below(3) ? 0 : epoll_ctl(ep[which], EPOLL_CTL_DEL, fds[i], NULL);
      break;
    case 5:
    case 6: {
      uint64_t one = 1;
      snprintf(what, sizeof what, "fill %d", i);
      if (i < 4)
        r = write(others[i], data, n);
      else if (i < 6)
        r = write(fds[i], data, n);
      else if (i == 6)
        r = write(fds[i], &one, 8);
      break;
    }
    case 7:
    case 8: {
      uint64_t value;
      snprintf(what, sizeof what, "drain %d", i);
      if (i < 4)
        r = read(fds[i], data, n);
      else if (i < 6)
        r = read(others[i], data, n);
      else if (i == 6)
        r = read(fds[i], &value, 8);
      break;
    }
    default: {
      int most = 1 + (int)below(FILES), used = snprintf(what, sizeof what, "wait %d %d:", which, most);
      r = epoll_wait(ep[which], got, most, 0);
      for (int k = 0; k < r && used < (int)sizeof what - 10; k++)
        used += snprintf(what + used, sizeof what - used, " %d/%x", got[k].data.u32, got[k].events);
    }
  }
  say("%d %s = %ld %s", number, what, r, r < 0 ? errno_name(errno) : "");
}

/* For other sequences: @NUMBER as the first argument. */
int main(int argc, char **argv) {
  static const uint64_t seeds[] = {88172645463325252u, 1234567890123u, 555555555551u};
  static const char *const titles[] = {"a sequence", "another sequence", "a third sequence"};
  for (int k = 0; k < 3; k++) {
    state = argc > 1 ? strtoull(argv[1] + 1, NULL, 10) * 2654435761u + k + 1 : seeds[k];
    CHECK("epoll_ctl epoll_wait(EPOLLET|EPOLLONESHOT)", titles[k]);
    ep[0] = NEED(epoll_create1(0));
    ep[1] = NEED(epoll_create1(0));
    for (int i = 0; i < 6; i++) {
      int p[2];
      NEED(pipe2(p, O_NONBLOCK));
      fds[i] = p[i >= 4];
      others[i] = p[i < 4];
    }
    fds[6] = NEED(eventfd(0, EFD_NONBLOCK));
    fds[7] = ep[1];
    for (int i = 0; i < STEPS; i++) step(i);
    for (int i = 0; i < 7; i++) close(fds[i]);
    for (int i = 0; i < 6; i++) close(others[i]);
    close(ep[0]);
    close(ep[1]);
  }
  return 0;
}
