// Threads and processes from their making to their end.
#include "micro.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/wait.h>

static void *nothing(void *argument) {
  return argument;
}

static int op_thread(void) {
  pthread_t thread;
  errno = pthread_create(&thread, NULL, nothing, NULL);
  if (errno == 0) errno = pthread_join(thread, NULL);
  return errno == 0 ? 0 : -1;
}

static int wait_for(pid_t pid) {
  int status;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : unexpected();
}

static int op_fork(void) {
  pid_t pid = fork();
  if (pid == 0) _exit(0);
  return wait_for(pid);
}

static int op_fork_exec(void) {
  pid_t pid = fork();
  if (pid == 0) {
    execl(self, self, "exit0", (char *)NULL);
    _exit(127);
  }
  return wait_for(pid);
}

const struct row process_rows[] = {
    {"thread", NULL, op_thread, NULL},
    {"fork", NULL, op_fork, NULL},
    {"fork-exec", NULL, op_fork_exec, NULL},
    {NULL, NULL, NULL, NULL},
};
