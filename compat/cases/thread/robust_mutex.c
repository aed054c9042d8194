// libs: -lpthread
// The next owner learns that the last one died, in a thread and across processes.
#include "case.h"

static void *die(void *mutex) {
  pthread_mutex_lock(mutex);
  return NULL;
}
int main(void) {
  pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  CHECK("set_robust_list", "the owner was a thread");
  pthread_mutex_init(mutex, &attributes);
  pthread_t id;
  pthread_create(&id, NULL, die, mutex);
  pthread_join(id, NULL);
  T(pthread_mutex_lock(mutex) == EOWNERDEAD);
  R(pthread_mutex_consistent(mutex));
  R(pthread_mutex_unlock(mutex));
  CHECK("set_robust_list", "the owner was a process");
  reap("owner", CHILD(pthread_mutex_lock(mutex)));
  T(pthread_mutex_lock(mutex) == EOWNERDEAD);
  R(pthread_mutex_consistent(mutex));
  R(pthread_mutex_unlock(mutex));
  CHECK("set_robust_list futex", "the owner is killed while another waits");
  struct gate held = new_gate();
  pid_t child = CHILD({
    pthread_mutex_lock(mutex);
    tell(held);
    for (;;) pause();
  });
  await(held);
  T(pthread_mutex_trylock(mutex) == EBUSY);
  pid_t killer = CHILD({
    sleep_ms(50);
    kill(child, SIGKILL);
  });
  T(pthread_mutex_lock(mutex) == EOWNERDEAD);
  R(pthread_mutex_unlock(mutex));
  T(pthread_mutex_lock(mutex) == ENOTRECOVERABLE);
  reap("child", child);
  reap("killer", killer);
  CHECK("get_robust_list set_robust_list", "sizes");
  void *head;
  size_t size;
  R(syscall(SYS_get_robust_list, 0, &head, &size));
  R(size);
  R(syscall(SYS_set_robust_list, head, 5));
  return 0;
}
