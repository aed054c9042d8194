// covers: inotify_init1 inotify_add_watch
// The watches of an instance as /proc/pid/fdinfo shows them.
#include "case.h"

#include <sys/inotify.h>
static void show(int fd) {
  char name[64], line[256];
  snprintf(name, sizeof name, "/proc/self/fdinfo/%d", fd);
  FILE *in = fopen(name, "r");
  while (in && fgets(line, sizeof line, in)) {
    int wd;
    unsigned long ino;
    unsigned mask, ignored;
    if (sscanf(line, "inotify wd:%d ino:%lx sdev:%*x mask:%x ignored_mask:%x", &wd, &ino, &mask, &ignored) ==
        4)
      say("watch %d, inode %d, mask %#x, ignored %#x", wd, ino != 0, mask, ignored);
  }
  if (in) fclose(in);
}
int main(void) {
  int fd = NEED(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  NEED(given_directory("d", 0755));
  CHECK("inotify_add_watch", "shows in fdinfo with its mask");
  show(fd);
  NEED(inotify_add_watch(fd, "d", IN_MODIFY));
  show(fd);
  NEED(inotify_add_watch(fd, "d", IN_MODIFY | IN_ONESHOT));
  show(fd);
  NEED(inotify_add_watch(fd, ".", IN_CREATE | IN_EXCL_UNLINK));
  show(fd);
  NEED(inotify_add_watch(fd, "d", IN_DELETE | IN_MASK_ADD));
  show(fd);
  NEED(inotify_rm_watch(fd, 1));
  show(fd);
  return 0;
}
