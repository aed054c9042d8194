// covers: inotify_add_watch inotify_rm_watch
// Masks of watches: added to, replaced, once only, and refused.
#include "case.h"

#include <sys/inotify.h>
static int fd;
static void show(const char *label) {
  char room[4096];
  ssize_t n = read(fd, room, sizeof room);
  say("%s: %s", label, n < 0 ? errno_name(errno) : "");
  for (char *at = room; n > 0 && at < room + n;) {
    struct inotify_event *e = (struct inotify_event *)at;
    say("  wd %d, %#x, %s", e->wd, e->mask, e->len ? e->name : "-");
    at += sizeof *e + e->len;
  }
}

int main(void) {
  NEED(given_directory("d", 0755));
  put("d/f", "text");
  put("other", "");
  NEED(given_symlink("d", "link"));
  fd = NEED(inotify_init1(IN_NONBLOCK));
  CHECK("inotify_add_watch(IN_MASK_ADD)", "adds to the mask; without it the mask is replaced");
  R(inotify_add_watch(fd, "d", IN_CREATE));
  R(inotify_add_watch(fd, "d", IN_DELETE | IN_MASK_ADD));
  put("d/g", "");
  NEED(unlink("d/g"));
  show("both");
  R(inotify_add_watch(fd, "d", IN_DELETE));
  put("d/g", "");
  NEED(unlink("d/g"));
  show("one");
  CHECK("inotify_add_watch(IN_MASK_CREATE)", "refuses what is watched already");
  R(inotify_add_watch(fd, "d", IN_OPEN | IN_MASK_CREATE));
  R(inotify_add_watch(fd, "other", IN_OPEN | IN_MASK_CREATE));
  R(inotify_add_watch(fd, "other", IN_OPEN | IN_MASK_CREATE | IN_MASK_ADD));
  CHECK("inotify_add_watch(IN_ONESHOT)", "one event, and then it is gone");
  R(inotify_add_watch(fd, "d/f", IN_OPEN | IN_CLOSE | IN_ONESHOT));
  close(NEED(open("d/f", O_RDONLY)));
  show("once");
  close(NEED(open("d/f", O_RDONLY)));
  show("nothing");
  R(inotify_rm_watch(fd, 3));
  CHECK("inotify_add_watch(IN_ONLYDIR|IN_DONT_FOLLOW)", "kinds of files");
  R(inotify_add_watch(fd, "d/f", IN_OPEN | IN_ONLYDIR));
  R(inotify_add_watch(fd, "link", IN_DELETE | IN_ONLYDIR));
  R(inotify_add_watch(fd, "link", IN_ATTRIB | IN_DONT_FOLLOW));
  R(inotify_add_watch(fd, "link", IN_ATTRIB | IN_DONT_FOLLOW | IN_ONLYDIR));
  CHECK("inotify_add_watch", "masks that say nothing");
  R(inotify_add_watch(fd, "d", 0));
  R(inotify_add_watch(fd, "d", IN_ONLYDIR));
  R(inotify_add_watch(fd, "d", 0x00800000));
  R(inotify_add_watch(fd, "none", IN_OPEN));
  R(inotify_add_watch(fd, NULL, IN_OPEN));
  R(inotify_add_watch(0, "d", IN_OPEN));
  R(inotify_add_watch(-1, "d", IN_OPEN));
  CHECK("inotify_rm_watch", "tells of its end, and is refused for what is not there");
  int wd = NEED(inotify_add_watch(fd, "d/f", IN_OPEN));
  close(NEED(open("d/f", O_RDONLY)));
  R(inotify_rm_watch(fd, wd));
  show("events of before stay");
  R(inotify_rm_watch(fd, wd));
  R(inotify_rm_watch(0, wd));
  CHECK("inotify_add_watch", "what is deleted ends its watch");
  wd = NEED(inotify_add_watch(fd, "other", IN_ALL_EVENTS));
  NEED(unlink("other"));
  show("deleted");
  R(inotify_rm_watch(fd, wd));
  CHECK("inotify_init1", "flags");
  R(inotify_init1(1));
  say("%d %#x", fcntl(NEED(inotify_init1(IN_CLOEXEC)), F_GETFD), fcntl(fd, F_GETFL));
  return 0;
}
