// Filters that a process gives itself: strict mode, errors, queries.
#include "case.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
static struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static struct sock_fprog filter = {4, program};
int main(void) {
  uint32_t action = SECCOMP_RET_ERRNO, unknown = 0x12345678;
  CHECK("seccomp(SECCOMP_GET_ACTION_AVAIL)", "actions, and what is none");
  R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
  R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &unknown));
  R(syscall(SYS_seccomp, 99, 0, NULL));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "one call gives an error");
  reap("child", CHILD({
         NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
         R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter));
         T(syscall(SYS_getppid) == -1 && errno == EXDEV);
         T(syscall(SYS_getpid) > 0);
       }));
  CHECK("prctl(PR_SET_SECCOMP)", "as an older program does it");
  reap("child", CHILD({
         NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
         R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
         T(syscall(SYS_getppid) == -1 && errno == EXDEV);
       }));
  CHECK("seccomp(SECCOMP_SET_MODE_STRICT)", "anything but read, write and exit kills");
  reap("child", CHILD({
         R(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL));
         syscall(SYS_getpid);
         syscall(SYS_exit, 3);
       }));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "programs that are refused");
  reap("child", CHILD({
         NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
         R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1 << 20, &filter));
         R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
         R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &(struct sock_fprog){0, program}));
         R(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
       }));
  return 0;
}
