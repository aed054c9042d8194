// tags: locks
// POSIX record locks: owned by the process, conflicting by range, lost on any close.
#include "case.h"

static int try(int fd, int cmd, int type, long start, long length) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(fd, cmd, &lock);
}
static void who(int fd, int type, long start, long length, pid_t owner) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  NEED(fcntl(fd, F_GETLK, &lock));
  if (lock.l_type == F_UNLCK)
    say("free");
  else
    say("type %d start %ld len %ld owner %s", lock.l_type, (long)lock.l_start, (long)lock.l_len,
        lock.l_pid == owner ? "right" : "wrong");
}
int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDWR));
  int other = NEED(open("f", O_RDWR));
  CHECK("fcntl(F_SETLK)", "a process is never in conflict with itself");
  R(try(fd, F_SETLK, F_WRLCK, 2, 4));
  R(try(other, F_SETLK, F_WRLCK, 0, 0));
  R(try(fd, F_SETLK, F_UNLCK, 0, 2));
  R(try(fd, F_SETLK, F_UNLCK, 6, 0));
  R(try(fd, F_SETLK, F_RDLCK, 3, 1));
  CHECK("fcntl(F_GETLK)", "the first conflict and its owner");
  pid_t parent = getpid();
  reap("child", CHILD({
         who(fd, F_WRLCK, 0, 0, parent);
         who(fd, F_RDLCK, 3, 1, parent);
         who(fd, F_WRLCK, 3, 1, parent);
         who(fd, F_WRLCK, 4, 10, parent);
         who(fd, F_WRLCK, 6, 10, parent);
         CHECK("fcntl(F_SETLK)", "another process");
         R(try(fd, F_SETLK, F_WRLCK, 2, 1));
         R(try(fd, F_SETLK, F_RDLCK, 3, 1));
         R(try(fd, F_SETLK, F_WRLCK, 100, 5));
       }));
  CHECK("fcntl(F_SETLKW)", "closing any descriptor of the file lets the locks go");
  struct gate ready = new_gate();
  pid_t child = CHILD({
    tell(ready);
    R(try(fd, F_SETLKW, F_WRLCK, 0, 0));
  });
  await(ready);
  sleep_ms(50);
  say("closing another descriptor of the same file");
  close(other);
  reap("child", child);
  CHECK("fcntl(F_SETLK)", "access modes, types and ranges");
  int reader = NEED(open("f", O_RDONLY));
  R(try(reader, F_SETLK, F_WRLCK, 0, 1));
  R(try(reader, F_SETLK, F_RDLCK, 0, 1));
  R(try(fd, F_SETLK, 77, 0, 1));
  R(try(fd, F_SETLK, F_RDLCK, -1, 1));
  R(try(fd, F_SETLK, F_RDLCK, 5, -2));
  R(try(fd, F_SETLK, F_RDLCK, 5, -9));
  R(fcntl(fd, F_SETLK, NULL));
  return 0;
}
