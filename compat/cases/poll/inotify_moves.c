// covers: rename inotify_add_watch
// Renames in watched directories: two events with one cookie, or one of them.
#include "case.h"

#include <sys/inotify.h>
static int fd;
static uint32_t cookies[8];
static int known;
static int number(uint32_t cookie) {
  if (cookie == 0) return 0;
  for (int i = 0; i < known; i++)
    if (cookies[i] == cookie) return i + 1;
  cookies[known++] = cookie;
  return known;
}
static void show(const char *label) {
  char room[4096];
  ssize_t n = read(fd, room, sizeof room);
  say("%s: %s", label, n < 0 ? errno_name(errno) : "");
  known = 0;
  for (char *at = room; n > 0 && at < room + n;) {
    struct inotify_event *e = (struct inotify_event *)at;
    say("  wd %d, %#x, cookie %d, %s", e->wd, e->mask, number(e->cookie), e->len ? e->name : "-");
    at += sizeof *e + e->len;
  }
}

int main(void) {
  NEED(given_directory("a", 0755));
  NEED(given_directory("b", 0755));
  NEED(given_directory("c", 0755));
  put("a/f", "");
  put("c/h", "");
  fd = NEED(inotify_init1(IN_NONBLOCK));
  NEED(inotify_add_watch(fd, "a", IN_MOVE | IN_CREATE | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF));
  NEED(inotify_add_watch(fd, "b", IN_MOVE | IN_CREATE | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF));
  CHECK("rename", "within a directory");
  NEED(rename("a/f", "a/g"));
  show("a");
  CHECK("rename", "from one watched directory to another");
  NEED(rename("a/g", "b/g"));
  show("a to b");
  CHECK("rename", "only one of them is watched");
  NEED(rename("b/g", "c/g"));
  show("out");
  NEED(rename("c/g", "b/g"));
  show("in");
  CHECK("rename", "over another file");
  put("a/x", "");
  put("a/y", "");
  show("made");
  int y = NEED(inotify_add_watch(fd, "a/y", IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF));
  R(y);
  NEED(rename("a/x", "a/y"));
  show("replaced");
  CHECK("rename", "a watched file");
  R(inotify_add_watch(fd, "b/g", IN_MOVE_SELF | IN_ATTRIB));
  NEED(rename("b/g", "c/g"));
  show("moved away");
  CHECK("rename", "directories, and the watched one itself");
  NEED(given_directory("a/d", 0755));
  NEED(rename("a/d", "b/d"));
  show("directory");
  NEED(rename("b", "bb"));
  show("itself");
  CHECK("renameat2(RENAME_EXCHANGE)", "two at once");
  put("a/p", "");
  put("bb/q", "");
  show("made");
  NEED(renameat2(AT_FDCWD, "a/p", AT_FDCWD, "bb/q", RENAME_EXCHANGE));
  show("exchanged");
  CHECK("link unlink", "another name");
  NEED(given_link("c/h", "a/h"));
  show("linked");
  NEED(unlink("a/h"));
  show("unlinked");
  return 0;
}
