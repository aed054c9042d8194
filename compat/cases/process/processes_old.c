// Calls that C libraries have other ones for: fork, getrlimit, setrlimit, getpgrp, alarm, pause, time.
#include "case.h"

static volatile int count;
static void handler(int signal) {
  count++;
}
int main(void) {
  int status;
  CHECK("fork", "a child with a copy of all");
  count = 5;
  pid_t child = syscall(SYS_fork);
  if (child == 0) {
    count = 6;
    _exit(getpid() == syscall(SYS_getpid) && getppid() > 0 ? 7 : 8);
  }
  T(child > 0);
  reap("child", child);
  R(count);
  CHECK("fork wait4", "SIGCHLD, and several children");
  handle(SIGCHLD, handler, SA_RESTART);
  count = 0;
  for (int i = 0; i < 3; i++)
    if (syscall(SYS_fork) == 0) _exit(i);
  int sum = 0;
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  R(sum);
  T(count >= 1);
  signal(SIGCHLD, SIG_DFL);
  CHECK("getpgrp", "is getpgid of 0");
  T(getpgrp() == getpgid(0));
  CHECK("getrlimit setrlimit", "a limit is read back");
  struct rlimit limit = {50, 60}, back = {0, 0};
  R(syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit));
  R(syscall(SYS_getrlimit, RLIMIT_NOFILE, &back));
  say("%ld %ld", (long)back.rlim_cur, (long)back.rlim_max);
  CHECK("setrlimit", "a soft limit over the hard one, unknown resources");
  limit.rlim_cur = 70;
  R(syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit));
  R(syscall(SYS_setrlimit, 16, &limit));
  R(syscall(SYS_setrlimit, -1, &limit));
  CHECK("getrlimit", "every resource, and unknown ones");
  for (int i = 0; i < 16; i++) NEED(syscall(SYS_getrlimit, i, &back));
  R(syscall(SYS_getrlimit, 16, &back));
  CHECK("prlimit64", "of a child, by its parent");
  struct gate ready = new_gate(), go = new_gate();
  child = CHILD({
    tell(ready);
    await(go);
    NEED(syscall(SYS_getrlimit, RLIMIT_NOFILE, &back));
    say("the child has %ld %ld", (long)back.rlim_cur, (long)back.rlim_max);
  });
  await(ready);
  limit = (struct rlimit){33, 44};
  R(prlimit(child, RLIMIT_NOFILE, &limit, &back));
  say("before %ld %ld", (long)back.rlim_cur, (long)back.rlim_max);
  tell(go);
  reap("child", child);
  if (geteuid() == 0) {
    CHECK("setrlimit prlimit64", "a user cannot raise a hard limit");
    reap("user", CHILD({
           NEED(setuid(1234));
           limit = (struct rlimit){50, 60};
           NEED(syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit));
           limit.rlim_max = 61;
           R(syscall(SYS_setrlimit, RLIMIT_NOFILE, &limit));
           R(prlimit(getppid(), RLIMIT_NOFILE, NULL, &back));
         }));
  }
  CHECK("alarm pause", "a signal after a second is far away, one of another process is near");
  handle(SIGALRM, handler, 0);
  R(alarm(500));
  T(alarm(600) > 490);
  T(alarm(0) > 590);
  R(alarm(0));
  count = 0;
  pid_t parent = getpid();
  child = CHILD({
    sleep_ms(20);
    kill(parent, SIGALRM);
  });
  R(pause());
  R(count);
  reap("child", child);
  CHECK("time", "by pointer and by value");
  time_t stored = 0;
  T(syscall(SYS_time, &stored) == stored && labs(stored - time(NULL)) < 3);
  T(labs(syscall(SYS_time, NULL) - stored) < 3);
  CHECK("gettimeofday", "time and zone");
  struct timeval now;
  struct timezone zone = {1, 1};
  R(syscall(SYS_gettimeofday, &now, &zone));
  T(labs(now.tv_sec - stored) < 3 && now.tv_usec < 1000000);
  say("%d %d", zone.tz_minuteswest, zone.tz_dsttime);
  CHECK("getcpu", "a processor that is there");
  unsigned cpu = -1, node = -1;
  R(syscall(SYS_getcpu, &cpu, &node, NULL));
  T(cpu < 4096 && node < 64);
  R(syscall(SYS_getcpu, NULL, NULL, NULL));
  return 0;
}
