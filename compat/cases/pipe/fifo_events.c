// covers: inotify_add_watch openat write read
// What inotify tells of a FIFO.
#include "case.h"

#include <sys/inotify.h>
static int fd;
static void show(const char *label) {
  char room[4096];
  ssize_t n = read(fd, room, sizeof room);
  say("%s: %s", label, n < 0 ? errno_name(errno) : "");
  for (char *at = room; n > 0 && at < room + n;) {
    struct inotify_event *e = (struct inotify_event *)at;
    say("  %#x %s", e->mask, e->len ? e->name : "-");
    at += sizeof *e + e->len;
  }
}

int main(void) {
  char c;
  fd = NEED(inotify_init1(IN_NONBLOCK));
  NEED(inotify_add_watch(fd, ".", IN_ALL_EVENTS));
  CHECK("mknodat", "made");
  NEED(mkfifo("f", 0600));
  show("mkfifo");
  CHECK("openat", "opened, also in vain");
  open("f", O_WRONLY | O_NONBLOCK);
  show("ENXIO");
  int both = NEED(open("f", O_RDWR | O_NONBLOCK));
  show("O_RDWR");
  CHECK("write read", "written and read");
  NEED(write(both, "x", 1));
  show("write");
  NEED(read(both, &c, 1));
  show("read");
  R(read(both, &c, 1));
  show("nothing there");
  CHECK("close", "closed");
  int reader = NEED(open("f", O_RDONLY | O_NONBLOCK));
  show("O_RDONLY");
  close(reader);
  show("close");
  close(both);
  show("close");
  CHECK("chmod unlink", "changed and removed");
  NEED(chmod("f", 0640));
  show("chmod");
  NEED(unlink("f"));
  show("unlink");
  return 0;
}
