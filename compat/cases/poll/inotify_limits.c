// covers: inotify_init1 inotify_add_watch
// How many instances a user may have.
#include "case.h"

#include <sys/inotify.h>
int main(void) {
  NEED(given_mode(".", 0755));
  put("f", "");
  struct rlimit limit = {4096, 4096};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  int most = atoi(get("/proc/sys/fs/inotify/max_user_instances"));
  // A user whom nobody else is, also when the case runs twice at a time.
  uid_t uid = 200000 + getpid();
  NEED(setresuid(uid, uid, uid));
  CHECK("inotify_init1", "as many as the limit says, then EMFILE");
  int count = 0, fd, last = -1;
  while (count < most + 10 && (fd = inotify_init1(IN_NONBLOCK)) >= 0) {
    last = fd;
    count++;
  }
  say("%d less than the limit, %s", most - count, errno_name(errno));
  CHECK("close", "makes room for another");
  close(last);
  OK(inotify_init1(0));
  OK(inotify_init1(0));
  CHECK("inotify_init1", "children of the same user count too");
  pid_t child = CHILD({ OK(inotify_init1(0)); });
  NEED(waitpid(child, NULL, 0));
  CHECK("inotify_add_watch", "a file that may not be read");
  fd = last - 1;
  R(inotify_add_watch(fd, "f", IN_OPEN));
  return 0;
}
