// timeout: 20
// How much may be installed: programs of a process have a total size.
#include "seccomp.h"

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "small programs");
  FILTERED("child", {
    int count = 0;
    while (count < 10000 && ADD(0, ALLOW) == 0) count++;
    say("%s", errno_name(errno));
    T(count > 3000 && count < 3700);
    T(syscall(SYS_getppid) > 0);
    reap("grandchild", CHILD(R(ADD(0, ALLOW))));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "large programs");
  static struct sock_filter many[BPF_MAXINSNS];
  for (int i = 0; i < BPF_MAXINSNS - 1; i++) many[i] = (struct sock_filter)LOAD_NR;
  many[BPF_MAXINSNS - 1] = (struct sock_filter)ALLOW;
  FILTERED("child", {
    int count = 0;
    while (count < 100 && add_program(0, many, BPF_MAXINSNS) == 0) count++;
    say("%d, %s", count, errno_name(errno));
    R(ADD(0, ALLOW));
    R(add_program(0, many + BPF_MAXINSNS - 2000, 2000));
    T(syscall(SYS_getppid) > 0);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "a program of each child's own, many times");
  for (int i = 0; i < 200; i++) {
    pid_t child = CHILD({
      no_new_privileges();
      NEED(add_program(0, many, BPF_MAXINSNS));
      NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)));
      if (syscall(SYS_getppid) != -1) _exit(1);
    });
    int status;
    NEED(waitpid(child, &status, 0));
    if (status != 0) say_status("child", status);
  }
  return 0;
}
