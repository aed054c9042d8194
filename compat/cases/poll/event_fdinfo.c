// covers: read
// /proc/self/fdinfo of event descriptors: what they say of themselves.
#include "case.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

/* All lines but those that differ from run to run. */
static void show(const char *label, int fd) {
  char path[64], copy[4096];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  snprintf(copy, sizeof copy, "%s", get(path));
  say("%s:", label);
  for (char *line = strtok(copy, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    if (strncmp(line, "ino:", 4) == 0 || strncmp(line, "mnt_id:", 7) == 0 ||
        strncmp(line, "eventfd-id:", 11) == 0)
      continue;
    char *ino = strstr(line, " ino:");
    if (ino != NULL) *ino = 0;
    say("  %s", line);
  }
}

int main(void) {
  int p[2];
  CHECK("eventfd2", "the counter, and whether it is a semaphore");
  int fd = NEED(eventfd(0x123, 0));
  show("eventfd", fd);
  show("semaphore", NEED(eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)));
  CHECK("timerfd_create", "the clock, ticks and times");
  fd = NEED(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  show("timerfd", fd);
  struct itimerspec s = {{3, 0}, {0, 1}};
  NEED(timerfd_settime(fd, TFD_TIMER_ABSTIME, &s, NULL));
  NEED(timerfd_settime(fd, 0, &(struct itimerspec){{0, 0}, {0, 0}}, NULL));
  show("disarmed", fd);
  show("CLOCK_REALTIME", NEED(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK)));
  CHECK("signalfd4", "the mask");
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGTERM);
  show("signalfd", NEED(signalfd(-1, &set, SFD_NONBLOCK)));
  CHECK("epoll_create1", "what it watches");
  NEED(pipe(p));
  int ep = NEED(epoll_create1(0));
  show("empty", ep);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 0x1234567890abcdefUL};
  NEED(dup2(p[0], 40));
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, 40, &event));
  show("one", ep);
  CHECK("pipe", "has nothing of its own");
  show("read end", p[0]);
  show("write end", p[1]);
  CHECK("pidfd_open", "whose it is");
  pid_t child = CHILD({ pause(); });
  fd = NEED(syscall(SYS_pidfd_open, child, 0));
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  char *pid = strstr(get(path), "Pid:\t");
  T(pid != NULL && atoi(pid + 5) == child);
  kill(child, SIGKILL);
  NEED(waitpid(child, NULL, 0));
  pid = strstr(get(path), "Pid:\t");
  T(pid != NULL && atoi(pid + 5) == -1);
  return 0;
}
