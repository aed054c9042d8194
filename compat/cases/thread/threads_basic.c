// libs: -lpthread
// Mutexes, conditions, joins, thread-local storage, barriers over 16 threads.
#include "case.h"

#define THREADS 16
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static long counter, arrived, serial;
static __thread int local = 5;
static void *work(void *argument) {
  long number = (long)argument;
  local += number;
  for (int i = 0; i < 2000; i++) {
    pthread_mutex_lock(&mutex);
    counter++;
    pthread_mutex_unlock(&mutex);
  }
  if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
    __atomic_fetch_add(&serial, 1, __ATOMIC_SEQ_CST);
  pthread_mutex_lock(&mutex);
  arrived++;
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&mutex);
  return (void *)(long)local;
}
static void *same_pid(void *pid) {
  return (void *)(long)(getpid() == (long)pid && syscall(SYS_gettid) != getpid());
}
int main(void) {
  pthread_t ids[THREADS];
  void *result;
  CHECK("clone(CLONE_THREAD) futex", "sixteen threads, one counter, a barrier");
  pthread_barrier_init(&barrier, NULL, THREADS);
  for (long i = 0; i < THREADS; i++) R(pthread_create(&ids[i], NULL, work, (void *)i));
  pthread_mutex_lock(&mutex);
  while (arrived < THREADS) pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  long sum = 0;
  for (int i = 0; i < THREADS; i++) {
    pthread_join(ids[i], &result);
    sum += (long)result;
  }
  say("counter %ld, sum of locals %ld, serial %ld, own local %d", counter, sum, serial, local);
  CHECK("getpid gettid", "one process, many threads");
  pthread_create(ids, NULL, same_pid, (void *)(long)getpid());
  pthread_join(*ids, &result);
  T(result != NULL);
  CHECK("futex(FUTEX_WAIT_BITSET)", "a condition's timeout");
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 20000000;
  if (soon.tv_nsec >= 1000000000) soon.tv_nsec -= 1000000000, soon.tv_sec++;
  pthread_mutex_lock(&mutex);
  T(pthread_cond_timedwait(&condition, &mutex, &soon) == ETIMEDOUT);
  return 0;
}
