// covers: inotify_add_watch
// IN_EXCL_UNLINK: what happens to a file that has lost its name is not told any more.
#include "case.h"

#include <sys/inotify.h>
static void drain(int fd, const char *label) {
  char buffer[1024] __attribute__((aligned(8)));
  ssize_t got = read(fd, buffer, sizeof buffer);
  say("%s: %s", label, got > 0 ? "" : "nothing");
  for (char *at = buffer; got > 0 && at < buffer + got;) {
    struct inotify_event *event = (void *)at;
    say("  mask %#x name '%s'", event->mask, event->len ? event->name : "");
    at += sizeof *event + event->len;
  }
}
int main(void) {
  NEED(mkdir("d", 0755));
  for (int excl = 0; excl < 2; excl++) {
    CHECK(excl ? "inotify_add_watch(IN_EXCL_UNLINK)" : "inotify_add_watch",
          excl ? "no events through a name that is gone" : "events through a name that is gone");
    int in = NEED(inotify_init1(IN_NONBLOCK));
    put("d/f", "x");
    NEED(inotify_add_watch(in, "d", IN_MODIFY | (excl ? IN_EXCL_UNLINK : 0)));
    int fd = NEED(open("d/f", O_RDWR));
    NEED(write(fd, "1", 1));
    drain(in, "named");
    NEED(unlink("d/f"));
    NEED(write(fd, "2", 1));
    drain(in, "unlinked");
    close(fd);
    close(in);
  }
  return 0;
}
