// clone3: the size of its struct, its fields, and pidfds.
#include "case.h"

#include <linux/sched.h>
static long clone3(struct clone_args *args, size_t size) {
  return syscall(SYS_clone3, args, size);
}
int main(void) {
  CHECK("clone3", "a child");
  struct clone_args args = {.exit_signal = SIGCHLD};
  long child = clone3(&args, sizeof args);
  if (child == 0) _exit(3);
  T(child > 0);
  reap("child", child);
  CHECK("clone3", "sizes and pointers of its struct");
  R(clone3(&args, 8));
  R(clone3(&args, 4096 * 2));
  R(clone3(NULL, sizeof args));
  CHECK("clone3", "signals, flags and stacks that are refused");
  args.exit_signal = 999;
  R(clone3(&args, sizeof args));
  args = (struct clone_args){.exit_signal = SIGCHLD, .flags = CLONE_THREAD};
  R(clone3(&args, sizeof args));
  args = (struct clone_args){.exit_signal = SIGCHLD, .stack = 4096};
  R(clone3(&args, sizeof args));
  args = (struct clone_args){.exit_signal = SIGCHLD, .stack_size = 4096};
  R(clone3(&args, sizeof args));
  CHECK("clone3(CLONE_PIDFD|CLONE_PARENT_SETTID)", "a descriptor of the child, and its id");
  int pidfd = -1;
  pid_t word = 0;
  args = (struct clone_args){.exit_signal = SIGCHLD,
                             .flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
                             .pidfd = (uintptr_t)&pidfd,
                             .parent_tid = (uintptr_t)&word};
  child = clone3(&args, sizeof args);
  if (child == 0) {
    sleep_ms(30);
    _exit(4);
  }
  T(word == child && pidfd >= 0);
  R(fcntl(pidfd, F_GETFD));
  CHECK("waitid(P_PIDFD) poll", "the end of the child");
  struct pollfd poller = {pidfd, POLLIN, 0};
  R(poll(&poller, 1, 5000));
  siginfo_t info;
  R(waitid(P_PIDFD, pidfd, &info, WEXITED));
  say("code %d status %d", info.si_code, info.si_status);
  return 0;
}
