// What a child shares with its parent and what it gets a copy of.
#include "case.h"

static int global = 1;
int main(void) {
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDONLY));
  pid_t parent = getpid();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  alarm(1000);
  umask(077);
  pid_t child = CHILD({
    CHECK("clone", "a child's ids");
    T(getpid() != parent && getppid() == parent);
    T(syscall(SYS_gettid) == getpid());
    T(getpgrp() == getpgid(parent) && getsid(0) == getsid(parent));
    CHECK("clone rt_sigpending", "a child has the mask, not what is pending");
    global = 2;
    NEED(read(fd, (char[4]){0}, 4));
    close(fd);
    sigset_t pending;
    sigpending(&pending);
    T(!sigismember(&pending, SIGUSR1));
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    T(sigismember(&mask, SIGUSR1));
    CHECK("clone", "a child has the umask, not the alarm");
    R(alarm(0));
    say("umask %o", umask(0));
    NEED(given_directory("sub", 0755));
    NEED(chdir("sub"));
    _exit(5);
  });
  reap("child", child);
  CHECK("clone", "descriptions are shared, memory is not");
  T(child > 0 && child != parent);
  say("global %d", global);
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("clone", "umask, alarm, directory and signals of the parent stay");
  say("umask %o", umask(0));
  T(alarm(0) > 900);
  R(access("sub", F_OK));
  sigset_t pending;
  sigpending(&pending);
  T(sigismember(&pending, SIGUSR1));
  CHECK("wait4", "no child is left");
  R(waitpid(child, NULL, 0));
  return 0;
}
