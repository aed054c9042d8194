// libs: -lpthread
// tags: threads
// exec from a second thread: the others end, the process keeps its pid.
#include "case.h"

static void *sleeper(void *argument) {
  for (;;) pause();
  return argument;
}
static void *runner(void *pid) {
  sleep_ms(20);
  execl(self, self, "@after", (char *)pid, NULL);
  return NULL;
}
int main(int argc, char **argv) {
  if (argc > 1) {
    T(getpid() == atoi(argv[2]));
    T(syscall(SYS_gettid) == getpid());
    const char *threads = strstr(get("/proc/self/status"), "\nThreads:");
    R(threads ? atoi(threads + 9) : -1);
    return 17;
  }
  CHECK("execve", "from a second thread");
  pid_t child = CHILD({
    char pid[12];
    sprintf(pid, "%d", getpid());
    pthread_t id;
    for (int i = 0; i < 5; i++) pthread_create(&id, NULL, sleeper, NULL);
    pthread_create(&id, NULL, runner, pid);
    for (;;) pause();
  });
  reap("from a thread", child);
  CHECK("execve", "from the first thread");
  child = CHILD({
    char pid[12];
    sprintf(pid, "%d", getpid());
    pthread_t id;
    for (int i = 0; i < 5; i++) pthread_create(&id, NULL, sleeper, NULL);
    sleep_ms(20);
    execl(self, self, "@after", pid, NULL);
  });
  reap("from the first thread", child);
  return 0;
}
