// libs: -lpthread
// Filters go to children, threads and programs.
#include "seccomp.h"

static void look(const char *who) {
  say("%s", who);
  T(syscall(SYS_getppid) == -1 && errno == EDOM);
  R(syscall(SYS_sched_yield));
  R(prctl(PR_GET_SECCOMP));
}

static void *thread_looks(void *arg) {
  (void)arg;
  look("thread");
  return NULL;
}

static int clone_looks(void *arg) {
  (void)arg;
  look("clone");
  _exit(0);
}

static long both(void) {
  return ADD(0, LOAD_NR, ON(SYS_getppid, SECCOMP_RET_ERRNO | EDOM),
             ON(SYS_sched_yield, SECCOMP_RET_ERRNO | ERANGE), ALLOW);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "@look") == 0) {
    look("program");
    return 0;
  }
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) fork", "to children and their children");
  FILTERED("child", {
    NEED(both());
    reap("fork", CHILD({
           look("fork");
           reap("fork", CHILD(look("fork of a fork")));
         }));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) vfork", "to the child of vfork");
  FILTERED("child", {
    NEED(both());
    pid_t child = vfork();
    if (child == 0) {
      look("vfork");
      _exit(0);
    }
    reap("vfork", child);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) clone", "to threads and to processes with the same memory");
  FILTERED("child", {
    static char stack[65536];
    pthread_t thread;
    NEED(both());
    pthread_create(&thread, NULL, thread_looks, NULL);
    pthread_join(thread, NULL);
    reap("clone", NEED(clone(clone_looks, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL)));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) execve", "to programs");
  FILTERED("child", {
    NEED(both());
    NEED(execv("/proc/self/exe", (char *[]){"self", "@look", NULL}));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "what a child adds its parent does not get");
  FILTERED("child", {
    NEED(ADD(0, ONE(SYS_getuid, SECCOMP_RET_ERRNO | ENOANO)));
    reap("fork", CHILD({
           NEED(both());
           look("fork");
         }));
    T(syscall(SYS_getppid) > 0);
    R(syscall(SYS_sched_yield));
    R(syscall(SYS_getuid));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) execve",
        "a program that may not be executed, and the calls of a process that is made");
  FILTERED("child", {
    NEED(ADD(0, LOAD_NR, ON(SYS_execve, SECCOMP_RET_ERRNO | EDOM), ON(SYS_fork, SECCOMP_RET_ERRNO | ERANGE),
             ON(SYS_vfork, SECCOMP_RET_ERRNO | ENOANO), ON(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS), ALLOW));
    R(execv("/proc/self/exe", (char *[]){"self", "@look", NULL}));
    R(syscall(SYS_fork));
    R(syscall(SYS_vfork));
    reap("by clone", CHILD(say("made")));
    R(syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", (char *[]){"self", "@look", NULL}, NULL, 0));
  });
  return 0;
}
