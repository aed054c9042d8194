// Who may install filters: with no_new_privs anybody, without it CAP_SYS_ADMIN.
#include "seccomp.h"

static void as_user(void) {
  NEED(setresgid(1000, 1000, 1000));
  NEED(setresuid(1000, 1000, 1000));
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "root needs nothing");
  reap("child", CHILD({
         R(ADD(0, ALLOW));
         R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
       }));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "a user without and with no_new_privs");
  reap("child", CHILD({
         as_user();
         R(ADD(0, ALLOW));
         R(ADD(SECCOMP_FILTER_FLAG_TSYNC, ALLOW));
         struct sock_filter program[] = {ALLOW};
         struct sock_fprog fprog = {1, program};
         R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog));
         no_new_privileges();
         R(ADD(0, ALLOW));
         R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog));
       }));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "which of several errors a user gets");
  reap("child", CHILD({
         as_user();
         R(ADD(1 << 10, ALLOW));
         R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
         struct sock_filter program[] = {ALLOW};
         R(add_program(0, program, 0));
         R(add_program(0, NULL, 1));
         R(add_program(0, (void *)8, 1));
         R(ADD(0, LOAD_NR));
       }));
  CHECK("seccomp(SECCOMP_SET_MODE_STRICT)", "strict mode is for everybody");
  reap("child", CHILD({
         as_user();
         NEED(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL));
         syscall(SYS_exit, 6);
       }));
  return 0;
}
