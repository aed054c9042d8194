// libs: -lpthread
// SECCOMP_FILTER_FLAG_TSYNC: filters for all threads of a process.
#include "seccomp.h"

static pthread_barrier_t barrier;
static volatile pid_t other;

static void *wait_and_call(void *own) {
  other = gettid();
  if (own) NEED(ADD(0, ONE(SYS_getuid, SECCOMP_RET_ERRNO | ENOANO)));
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  T(syscall(SYS_getppid) == -1);
  T(syscall(SYS_sched_yield) == -1);
  R(prctl(PR_GET_SECCOMP));
  R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  pthread_barrier_wait(&barrier);
  return NULL;
}

static long both(unsigned flags) {
  return ADD(flags, LOAD_NR, ON(SYS_getppid, SECCOMP_RET_ERRNO | EDOM),
             ON(SYS_sched_yield, SECCOMP_RET_ERRNO | ERANGE), ALLOW);
}

static pthread_t start(void *own) {
  pthread_t thread;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&thread, NULL, wait_and_call, own);
  pthread_barrier_wait(&barrier);
  return thread;
}

static void finish(pthread_t thread) {
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  say("the caller");
  R(syscall(SYS_getppid));
  R(syscall(SYS_sched_yield));
}

int main(void) {
  CHECK("seccomp(SECCOMP_FILTER_FLAG_TSYNC)", "a thread gets the filter, and no_new_privs with it");
  reap("child", CHILD({
         pthread_t thread = start(NULL);
         no_new_privileges();
         R(both(SECCOMP_FILTER_FLAG_TSYNC));
         finish(thread);
       }));
  CHECK("seccomp(SECCOMP_FILTER_FLAG_TSYNC)", "without the flag it does not");
  reap("child", CHILD({
         pthread_t thread = start(NULL);
         no_new_privileges();
         NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_ALLOW)));
         NEED(ADD(0, ONE(SYS_sched_yield, SECCOMP_RET_ERRNO | ERANGE)));
         T(syscall(SYS_sched_yield) == -1 && errno == ERANGE);
         pthread_barrier_wait(&barrier);
         pthread_barrier_wait(&barrier);
         pthread_join(thread, NULL);
       }));
  CHECK("seccomp(SECCOMP_FILTER_FLAG_TSYNC)", "all that the caller has, not the new one alone");
  FILTERED("child", {
    pthread_t thread = start(NULL);
    NEED(both(0));
    R(ADD(SECCOMP_FILTER_FLAG_TSYNC, ALLOW));
    finish(thread);
  });
  CHECK("seccomp(SECCOMP_FILTER_FLAG_TSYNC_ESRCH)", "a thread that has another filter");
  FILTERED("child", {
    pthread_t thread = start(&barrier);
    T(both(SECCOMP_FILTER_FLAG_TSYNC) == other);
    R(both(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH));
    R(both(SECCOMP_FILTER_FLAG_TSYNC_ESRCH));
    finish(thread);
  });
  CHECK("seccomp(SECCOMP_FILTER_FLAG_TSYNC)", "one that has inherited the caller's filters");
  FILTERED("child", {
    NEED(ADD(0, ONE(SYS_getuid, SECCOMP_RET_ERRNO | ENOANO)));
    pthread_t thread = start(NULL);
    R(both(SECCOMP_FILTER_FLAG_TSYNC));
    R(both(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW));
    finish(thread);
  });
  return 0;
}
