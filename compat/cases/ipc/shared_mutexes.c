// Mutexes, conditions and barriers in System V shared memory.
// libs: -lpthread
#include "case.h"

#include <sys/shm.h>

struct shared {
  pthread_mutex_t mutex, robust;
  pthread_cond_t condition;
  pthread_barrier_t barrier;
  pthread_rwlock_t lock;
  int count, turn;
};

int main(void) {
  int id = NEED(shmget(IPC_PRIVATE, sizeof(struct shared), IPC_CREAT | 0600));
  struct shared *m = shmat(id, NULL, 0);
  T(m != (void *)-1);
  NEED(shmctl(id, IPC_RMID, NULL));
  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&m->mutex, &a);
  pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&m->robust, &a);
  pthread_condattr_t c;
  pthread_condattr_init(&c);
  pthread_condattr_setpshared(&c, PTHREAD_PROCESS_SHARED);
  pthread_cond_init(&m->condition, &c);
  pthread_barrierattr_t b;
  pthread_barrierattr_init(&b);
  pthread_barrierattr_setpshared(&b, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&m->barrier, &b, 4);
  pthread_rwlockattr_t l;
  pthread_rwlockattr_init(&l);
  pthread_rwlockattr_setpshared(&l, PTHREAD_PROCESS_SHARED);
  pthread_rwlock_init(&m->lock, &l);
  CHECK("shmat futex", "a mutex keeps processes apart");
  for (int i = 0; i < 4; i++)
    CHILD({
      for (int n = 0; n < 2000; n++) {
        pthread_mutex_lock(&m->mutex);
        int now = m->count;
        if (n % 100 == 0) sched_yield();
        m->count = now + 1;
        pthread_mutex_unlock(&m->mutex);
      }
    });
  for (int i = 0; i < 4; i++) NEED(wait(NULL));
  say("%d", m->count);
  CHECK("futex", "a condition wakes another process");
  pid_t child = CHILD({
    pthread_mutex_lock(&m->mutex);
    while (m->turn != 1) pthread_cond_wait(&m->condition, &m->mutex);
    m->turn = 2;
    pthread_cond_signal(&m->condition);
    pthread_mutex_unlock(&m->mutex);
  });
  pthread_mutex_lock(&m->mutex);
  m->turn = 1;
  pthread_cond_signal(&m->condition);
  while (m->turn != 2) pthread_cond_wait(&m->condition, &m->mutex);
  pthread_mutex_unlock(&m->mutex);
  reap("waiter", child);
  CHECK("futex", "a barrier for four");
  m->count = 0;
  for (int i = 0; i < 3; i++)
    CHILD({
      __atomic_add_fetch(&m->count, 1, __ATOMIC_SEQ_CST);
      pthread_barrier_wait(&m->barrier);
    });
  pthread_barrier_wait(&m->barrier);
  say("%d", m->count);
  for (int i = 0; i < 3; i++) NEED(wait(NULL));
  CHECK("set_robust_list futex", "the owner of a robust mutex ends");
  child = CHILD({ pthread_mutex_lock(&m->robust); });
  reap("owner", child);
  say("%s", errno_name(pthread_mutex_lock(&m->robust)));
  say("%d", pthread_mutex_consistent(&m->robust));
  say("%d", pthread_mutex_unlock(&m->robust));
  CHECK("set_robust_list kill futex", "is killed while another waits");
  struct gate held = new_gate();
  child = CHILD({
    pthread_mutex_lock(&m->robust);
    tell(held);
    pause();
  });
  await(held);
  pid_t waiter = CHILD({
    say("waiter: %s", errno_name(pthread_mutex_lock(&m->robust)));
    pthread_mutex_consistent(&m->robust);
    pthread_mutex_unlock(&m->robust);
  });
  sleep_ms(20);
  NEED(kill(child, SIGKILL));
  reap("waiter", waiter);
  reap("owner", child);
  CHECK("set_robust_list futex", "not made consistent");
  child = CHILD({ pthread_mutex_lock(&m->robust); });
  reap("owner", child);
  say("%s", errno_name(pthread_mutex_lock(&m->robust)));
  pthread_mutex_unlock(&m->robust);
  say("%s", errno_name(pthread_mutex_lock(&m->robust)));
  CHECK("futex", "readers and a writer");
  pthread_rwlock_rdlock(&m->lock);
  child = CHILD({
    say("read %d, write %s", pthread_rwlock_tryrdlock(&m->lock), "tried");
    say("%s", errno_name(pthread_rwlock_trywrlock(&m->lock)));
  });
  reap("reader", child);
  return 0;
}
