// What programs ask before they install anything.
#include "seccomp.h"

int main(void) {
  CHECK("seccomp(SECCOMP_GET_ACTION_AVAIL)", "each action");
  uint32_t actions[] = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP,
                        SECCOMP_RET_ERRNO,        SECCOMP_RET_TRACE,       SECCOMP_RET_LOG,
                        SECCOMP_RET_ALLOW};
  for (int i = 0; i < 7; i++) R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &actions[i]));
  CHECK("seccomp(SECCOMP_GET_ACTION_AVAIL)", "what is none");
  uint32_t others[] = {SECCOMP_RET_ERRNO | 1, 0x12340000, 0x7fffffff, 0xffffffff, 1};
  for (int i = 0; i < 5; i++) R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &others[i]));
  R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 1, &actions[0]));
  BAD_POINTERS("seccomp(SECCOMP_GET_ACTION_AVAIL)", 4,
               syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, bad));
  CHECK("seccomp(SECCOMP_GET_ACTION_AVAIL)", "actions for a listener");
  uint32_t notify = SECCOMP_RET_USER_NOTIF;
  R(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &notify));
  CHECK("seccomp(SECCOMP_GET_NOTIF_SIZES)", "sizes of structures");
  struct seccomp_notif_sizes sizes = {0};
  R(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes));
  say("%d %d %d", sizes.seccomp_notif, sizes.seccomp_notif_resp, sizes.seccomp_data);
  R(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 1, &sizes));
  R(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, (void *)8));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "flags that there are, found out without a program");
  unsigned flags[] = {SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                      SECCOMP_FILTER_FLAG_TSYNC_ESRCH, 1 << 9};
  for (int i = 0; i < 5; i++) R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i], NULL));
  CHECK("seccomp(SECCOMP_FILTER_FLAG_NEW_LISTENER)", "a listener");
  FILTERED("child", {
    R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, NULL));
    OK(ADD(SECCOMP_FILTER_FLAG_NEW_LISTENER, ALLOW));
  });
  CHECK("prctl(PR_GET_SECCOMP)", "without and with a filter");
  R(prctl(PR_GET_SECCOMP));
  FILTERED("child", {
    R(prctl(PR_GET_SECCOMP));
    NEED(ADD(0, ALLOW));
    R(prctl(PR_GET_SECCOMP));
    R(prctl(PR_GET_SECCOMP, 1, 2, 3, 4));
  });
  return 0;
}
