// tags: locks
// Open-file-description locks: between descriptions, even of one process.
#include "case.h"

static int try(int fd, int cmd, int type, long start, long length) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  int result = fcntl(fd, cmd, &lock);
  if (result == 0 && cmd == F_OFD_GETLK)
    say("getlk: type %d pid %d start %ld", lock.l_type, lock.l_pid, (long)lock.l_start);
  return result;
}
int main(void) {
  put("f", "0123456789");
  int a = NEED(open("f", O_RDWR));
  int b = NEED(open("f", O_RDWR));
  CHECK("fcntl(F_OFD_SETLK)", "conflicts between descriptions");
  R(try(a, F_OFD_SETLK, F_WRLCK, 0, 5));
  R(try(b, F_OFD_SETLK, F_WRLCK, 0, 5));
  R(try(b, F_OFD_SETLK, F_RDLCK, 4, 5));
  R(try(b, F_OFD_SETLK, F_RDLCK, 5, 5));
  CHECK("fcntl(F_SETLK)", "in conflict with an open-file-description lock");
  R(try(b, F_SETLK, F_WRLCK, 0, 1));
  CHECK("fcntl(F_OFD_GETLK)", "says no owner");
  R(try(b, F_OFD_GETLK, F_WRLCK, 0, 0));
  CHECK("fcntl(F_OFD_SETLK)", "duplicates and children own the lock too");
  int copy = NEED(dup(a));
  R(try(copy, F_OFD_SETLK, F_WRLCK, 0, 3));
  reap("child", CHILD({
         R(try(a, F_OFD_SETLK, F_RDLCK, 0, 5));
         R(try(b, F_OFD_SETLK, F_RDLCK, 0, 5));
       }));
  CHECK("fcntl(F_OFD_SETLK)", "held until the last duplicate is closed");
  close(a);
  R(try(b, F_OFD_SETLK, F_WRLCK, 0, 5));
  close(copy);
  R(try(b, F_OFD_SETLK, F_WRLCK, 0, 5));
  CHECK("fcntl(F_OFD_SETLK)", "l_pid must be 0");
  struct flock lock = {.l_type = F_RDLCK, .l_pid = 5};
  R(fcntl(b, F_OFD_SETLK, &lock));
  return 0;
}
