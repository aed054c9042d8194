// The events of a directory and of a file in it.
#include "case.h"

#include <sys/inotify.h>
static int fd, watches[2];
static void drain(const char *label) {
  char buffer[4096] __attribute__((aligned(8)));
  ssize_t got;
  say("%s", label);
  while ((got = read(fd, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + got;) {
      struct inotify_event *event = (void *)at;
      say("  watch %d mask %#x cookie %d name '%s'", event->wd == watches[1], event->mask, event->cookie != 0,
          event->len ? event->name : "");
      at += sizeof *event + event->len;
    }
  say("  end: %s", errno_name(errno));
}
int main(void) {
  CHECK("inotify_init1(IN_NONBLOCK|IN_CLOEXEC)", "nothing to read yet");
  fd = NEED(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  NEED(given_directory("d", 0755));
  drain("nothing");
  CHECK("inotify_add_watch(IN_CREATE|IN_MODIFY|IN_CLOSE_WRITE)", "a file is made in a watched directory");
  watches[0] = NEED(
      inotify_add_watch(fd, "d", IN_CREATE | IN_DELETE | IN_MOVE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB));
  put("d/file", "text");
  drain("create");
  CHECK("inotify_add_watch(IN_ATTRIB)", "both watches see a chmod");
  watches[1] = NEED(inotify_add_watch(fd, "d/file", IN_ALL_EVENTS & ~IN_ACCESS));
  NEED(given_mode("d/file", 0600));
  drain("chmod");
  CHECK("inotify_add_watch(IN_MOVE)", "two events with one cookie");
  NEED(rename("d/file", "d/other"));
  drain("rename");
  CHECK("inotify_add_watch(IN_CREATE|IN_ISDIR)", "a directory is made");
  NEED(given_directory("d/sub", 0755));
  drain("mkdir");
  CHECK("inotify_add_watch(IN_DELETE)", "a watched file is removed");
  NEED(unlink("d/other"));
  drain("unlink");
  CHECK("inotify_rm_watch", "once, and once too often");
  R(inotify_rm_watch(fd, watches[0]));
  drain("removed");
  R(inotify_rm_watch(fd, watches[0]));
  CHECK("inotify_add_watch", "what it refuses");
  R(inotify_add_watch(fd, "missing", IN_CREATE));
  R(inotify_add_watch(fd, "d", 0));
  R(inotify_add_watch(0, "d", IN_CREATE));
  CHECK("inotify_init1", "unknown flags");
  R(inotify_init1(1));
  return 0;
}
