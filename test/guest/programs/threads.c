/* Threads, thread-local storage, files, a child and a signal: the same program for every kind of linking. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static __thread int local = 3;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int total;
static volatile sig_atomic_t signalled;

static void *work(void *argument) {
  for (int i = 0; i < 1000; i++) {
    pthread_mutex_lock(&mutex);
    total++;
    local++;
    pthread_mutex_unlock(&mutex);
  }
  return (void *)(long)local;
}

static void handler(int signal) {
  (void)signal;
  signalled = 1;
}

int main(void) {
  pthread_t threads[8];
  long sum = 0;
  void *result;
  for (int i = 0; i < 8; i++) pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < 8; i++) {
    pthread_join(threads[i], &result);
    sum += (long)result;
  }
  signal(SIGUSR1, handler);
  raise(SIGUSR1);
  char *big = malloc(8 << 20);
  memset(big, 1, 8 << 20);
  printf("%d %ld %d %d\n", total, sum, local, (int)signalled);
  free(big);
  fflush(stdout);
  if (fork() == 0) {
    execlp("echo", "echo", "child", NULL);
    _exit(1);
  }
  int status;
  wait(&status);
  FILE *file = fopen("/etc/passwd", "r");
  char line[256];
  printf("%d %d\n", WEXITSTATUS(status), file != NULL && fgets(line, sizeof line, file) != NULL);
  return 19;
}
