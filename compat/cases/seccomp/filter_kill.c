// libs: -lpthread
// SECCOMP_RET_KILL_PROCESS and SECCOMP_RET_KILL_THREAD.
#include "seccomp.h"

static void handler(int sig) {
  (void)sig;
  say("caught");
}

static void *call_thread(void *number) {
  syscall((long)number);
  say("came back");
  return NULL;
}

static void both(unsigned action, long nr) {
  FILTERED("one thread", {
    handle(SIGSYS, handler, 0);
    NEED(ADD(0, ONE(nr, action)));
    syscall(nr);
    say("came back");
  });
  FILTERED("two threads", {
    pthread_t thread;
    NEED(ADD(0, ONE(nr, action)));
    pthread_create(&thread, NULL, call_thread, (void *)nr);
    pthread_join(thread, NULL);
    say("the first one goes on");
    _exit(5);
  });
}

static void *wait_and_end(void *arg) {
  (void)arg;
  sleep_ms(100);
  say("the second one goes on");
  syscall(SYS_exit, 0);
  return NULL;
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "ends the process");
  both(SECCOMP_RET_KILL_PROCESS, SYS_getppid);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "ends the process, for a call without a descriptor or a path");
  both(SECCOMP_RET_KILL_PROCESS, SYS_sched_yield);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "ends the thread");
  both(SECCOMP_RET_KILL_THREAD, SYS_getppid);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "ends the thread, for a call without a descriptor or a path");
  both(SECCOMP_RET_KILL_THREAD, SYS_sched_yield);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "an action that there is not");
  both(0x00120000, SYS_getppid);
  both(0x70000000, SYS_sched_yield);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "ends the first thread, and the other lives on");
  FILTERED("child", {
    pthread_t thread;
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_KILL_THREAD)));
    pthread_create(&thread, NULL, wait_and_end, NULL);
    syscall(SYS_getppid);
    say("came back");
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "what is blocked or ignored");
  FILTERED("child", {
    signal(SIGSYS, SIG_IGN);
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_KILL_PROCESS)));
    syscall(SYS_getppid);
    say("came back");
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) waitid", "what the parent is told");
  pid_t child = CHILD({
    no_new_privileges();
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_KILL_PROCESS)));
    syscall(SYS_getppid);
  });
  siginfo_t info;
  NEED(waitid(P_PID, child, &info, WEXITED));
  T(info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED);
  say("status SIG%s", sigabbrev_np(info.si_status));
  return 0;
}
