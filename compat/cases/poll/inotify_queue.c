// covers: read inotify_add_watch
// The queue of inotify: what is merged, what overflows, and how much one read takes.
#include "case.h"

#include <sys/inotify.h>
static char room[1 << 20];
static int fd;
/* Reads all and counts. */
static void count(const char *label) {
  int events = 0, overflows = 0;
  ssize_t n;
  while ((n = read(fd, room, sizeof room)) > 0)
    for (char *at = room; at < room + n;) {
      struct inotify_event *e = (struct inotify_event *)at;
      events++;
      if (e->mask & IN_Q_OVERFLOW) {
        overflows++;
        say("%s: overflow, wd %d, cookie %d, length %d", label, e->wd, e->cookie, e->len);
      }
      at += sizeof *e + e->len;
    }
  say("%s: %d events, %d overflows, then %s", label, events, overflows, errno_name(errno));
}

int main(void) {
  NEED(given_directory("d", 0755));
  put("d/a", "");
  fd = NEED(inotify_init1(IN_NONBLOCK));
  NEED(inotify_add_watch(fd, "d", IN_MODIFY | IN_ATTRIB));
  CHECK("read", "an event like the last one is merged with it, others are not");
  int a = NEED(open("d/a", O_WRONLY)), b = NEED(open("d/b", O_WRONLY | O_CREAT, 0600));
  for (int i = 0; i < 5; i++) NEED(write(a, "x", 1));
  count("five writes");
  for (int i = 0; i < 3; i++) {
    NEED(write(a, "x", 1));
    NEED(write(b, "x", 1));
  }
  count("in turns");
  NEED(write(a, "x", 1));
  NEED(fchmod(a, 0600));
  NEED(write(a, "x", 1));
  count("two kinds");
  CHECK("read", "too little room");
  NEED(write(a, "x", 1));
  R(read(fd, room, 16));
  R(read(fd, room, 31));
  R(read(fd, room, 32));
  NEED(write(a, "x", 1));
  NEED(write(b, "x", 1));
  R(read(fd, room, 40));
  int left;
  R(ioctl(fd, FIONREAD, &left));
  R(left);
  count("the rest");
  CHECK("read", "more than the queue holds");
  int most = atoi(get("/proc/sys/fs/inotify/max_queued_events"));
  T(most >= 1000);
  for (int i = 0; i < (most + 10) / 2; i++) {
    NEED(write(a, "x", 1));
    NEED(write(b, "x", 1));
  }
  int events = 0, overflows = 0;
  ssize_t n;
  struct inotify_event *e = NULL;
  while ((n = read(fd, room, sizeof room)) > 0)
    for (char *at = room; at < room + n; at += sizeof *e + e->len) {
      e = (struct inotify_event *)at;
      events++;
      overflows += (e->mask & IN_Q_OVERFLOW) != 0;
    }
  say("all but %d, overflows %d, last one %#x, wd %d", most - events, overflows, e->mask, e->wd);
  NEED(write(a, "x", 1));
  count("afterwards");
  CHECK("poll", "readable while there are events");
  struct pollfd f = {fd, POLLIN | POLLOUT, 0};
  R(poll(&f, 1, 0));
  NEED(write(a, "x", 1));
  R(poll(&f, 1, 0));
  say("%#x", f.revents);
  return 0;
}
