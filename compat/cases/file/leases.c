// covers: fcntl open truncate
// fcntl(F_SETLEASE): what a lease goes with, who is told, and what waits for it.
#include "case.h"

static int fd;
static void set(const char *label, int flags, int type) {
  int file = NEED(open("f", flags));
  int r = fcntl(file, F_SETLEASE, type);
  say("%s: %d %s, lease %d", label, r, r < 0 ? errno_name(errno) : "", fcntl(file, F_GETLEASE));
  close(file);
}
enum { RDONLY, WRONLY, RDWR, TRUNCATE };
static pid_t breaker(int how) {
  pid_t child = NEED(fork());
  if (child) return child;
  close(fd);
  if (how == TRUNCATE) _exit(truncate("f", 0) == 0 ? 0 : 1);
  _exit(open("f", how == RDONLY ? O_RDONLY : how == WRONLY ? O_WRONLY : O_RDWR) >= 0 ? 0 : 1);
}
static void wait_for_break(void) {
  sigset_t set;
  siginfo_t info = {0};
  struct timespec limit = {5, 0};
  sigemptyset(&set);
  sigaddset(&set, SIGIO);
  sigaddset(&set, SIGRTMIN);
  int sig = sigtimedwait(&set, &info, &limit);
  say("signal %s, code %d, descriptor %d",
      sig == SIGIO      ? "SIGIO"
      : sig == SIGRTMIN ? "SIGRTMIN"
                        : "none",
      info.si_code, sig == SIGRTMIN ? info.si_fd == fd : -1);
}
int main(void) {
  sigset_t block;
  sigemptyset(&block);
  sigaddset(&block, SIGIO);
  sigaddset(&block, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &block, NULL);
  put("f", "contents");
  CHECK("fcntl(F_SETLEASE)", "what goes with how the file is open");
  set("read lease, reader", O_RDONLY, F_RDLCK);
  set("read lease, writer", O_WRONLY, F_RDLCK);
  set("read lease, both", O_RDWR, F_RDLCK);
  set("write lease, reader", O_RDONLY, F_WRLCK);
  set("write lease, writer", O_WRONLY, F_WRLCK);
  set("write lease, both", O_RDWR, F_WRLCK);
  set("no lease to give up", O_RDONLY, F_UNLCK);
  set("unknown type", O_RDONLY, 77);
  int other = NEED(open("f", O_RDONLY));
  set("write lease, another reader", O_RDONLY, F_WRLCK);
  set("read lease, another reader", O_RDONLY, F_RDLCK);
  R(fcntl(other, F_SETLEASE, F_RDLCK));
  set("read lease, another's read lease", O_RDONLY, F_RDLCK);
  close(other);
  other = NEED(open("f", O_WRONLY));
  set("read lease, another writer", O_RDONLY, F_RDLCK);
  close(other);
  R(fcntl(NEED(open(".", O_RDONLY)), F_SETLEASE, F_RDLCK));
  R(fcntl(NEED(open("f", O_PATH)), F_SETLEASE, F_RDLCK));
  CHECK("open(O_NONBLOCK)", "does not wait for a lease");
  fd = NEED(open("f", O_RDONLY));
  R(fcntl(fd, F_SETLEASE, F_RDLCK));
  T(open("f", O_RDONLY | O_NONBLOCK) >= 0);
  R(open("f", O_WRONLY | O_NONBLOCK));
  wait_for_break();
  R(fcntl(fd, F_GETLEASE));
  R(fcntl(fd, F_SETLEASE, F_UNLCK));
  T(open("f", O_WRONLY | O_NONBLOCK) >= 0);
  closefrom(3);
  CHECK("open truncate", "wait until the lease is given up");
  for (int how = WRONLY; how <= TRUNCATE; how++) {
    fd = NEED(open("f", O_RDONLY));
    R(fcntl(fd, F_SETLEASE, F_RDLCK));
    pid_t child = breaker(how);
    wait_for_break();
    R(fcntl(fd, F_GETLEASE));
    R(fcntl(fd, F_SETLEASE, F_RDLCK));
    R(fcntl(fd, F_SETLEASE, F_UNLCK));
    reap("breaker", child);
    close(fd);
  }
  CHECK("open(O_RDONLY)", "is content when a write lease becomes a read lease");
  fd = NEED(open("f", O_RDONLY));
  R(fcntl(fd, F_SETLEASE, F_WRLCK));
  R(fcntl(fd, F_SETSIG, SIGRTMIN));
  pid_t child = breaker(RDONLY);
  wait_for_break();
  R(fcntl(fd, F_GETLEASE));
  R(fcntl(fd, F_SETLEASE, F_RDLCK));
  reap("breaker", child);
  R(fcntl(fd, F_GETLEASE));
  CHECK("open", "goes on when the holder closes the file");
  child = breaker(RDWR);
  wait_for_break();
  close(fd);
  reap("breaker", child);
  return 0;
}
