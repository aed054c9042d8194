// tags: locks
// Two processes that wait for each other's lock: one gets EDEADLK.
#include "case.h"

static int lock(int fd, int cmd, int type, long start) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = 1};
  return fcntl(fd, cmd, &lock);
}
int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDWR));
  struct gate locked = new_gate(), go = new_gate();
  NEED(lock(fd, F_SETLK, F_WRLCK, 0));
  pid_t child = CHILD({
    NEED(lock(fd, F_SETLK, F_WRLCK, 1));
    tell(locked);
    await(go);
    int result = lock(fd, F_SETLKW, F_WRLCK, 0);
    say("child got parent's: %s", result ? errno_name(errno) : "ok");
    CHECK("fcntl(F_SETLKW)", "EDEADLK for one of two");
  });
  await(locked);
  tell(go);
  sleep_ms(150);
  int result = lock(fd, F_SETLKW, F_WRLCK, 1);
  say("parent: %s", result ? errno_name(errno) : "ok");
  NEED(lock(fd, F_SETLK, F_UNLCK, 0));
  reap("child", child);
  R(lock(fd, F_SETLKW, F_WRLCK, 1));
  return 0;
}
