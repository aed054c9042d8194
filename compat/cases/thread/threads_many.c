// libs: -lpthread
// 64 threads at once, three times over; 200 one after the other.
#include "case.h"

static atomic_int running, done;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void *work(void *argument) {
  atomic_fetch_add(&running, 1);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  atomic_fetch_add(&done, 1);
  return argument;
}
int main(void) {
  pthread_t ids[64];
  for (int round = 0; round < 3; round++) {
    running = done = 0;
    pthread_mutex_lock(&mutex);
    for (long i = 0; i < 64; i++) NEED(pthread_create(&ids[i], NULL, work, (void *)i) ? -1 : 0);
    while (running < 64) sched_yield();
    char title[64];
    sprintf(title, "64 threads, round %d", round);
    CHECK("clone(CLONE_THREAD) futex", title);
    const char *threads = strstr(get("/proc/self/status"), "\nThreads:");
    say("%d threads, %d done", threads ? atoi(threads + 9) : -1, done);
    pthread_mutex_unlock(&mutex);
    long sum = 0;
    for (int i = 0; i < 64; i++) {
      void *result;
      pthread_join(ids[i], &result);
      sum += (long)result;
    }
    say("%d done, sum %ld", done, sum);
  }
  CHECK("clone(CLONE_THREAD) exit", "200 one after the other");
  done = 0;
  for (int i = 0; i < 200; i++) {
    pthread_create(ids, NULL, work, NULL);
    pthread_join(*ids, NULL);
  }
  say("%d", done);
  return 0;
}
