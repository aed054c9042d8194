// POSIX semaphores, named and in shared memory.
// libs: -lpthread
#include "case.h"

#include <semaphore.h>

static struct timespec soon(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  t.tv_nsec += 20000000;
  if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
  return t;
}

int main(void) {
  char name[64];
  int value;
  snprintf(name, sizeof name, "/case.%d", getpid());
  CHECK("openat linkat", "a named semaphore");
  sem_t *s = sem_open(name, O_CREAT | O_EXCL, 0600, 2);
  T(s != SEM_FAILED);
  T(sem_open(name, O_CREAT | O_EXCL, 0600, 2) == SEM_FAILED && errno == EEXIST);
  T(sem_open("/case.nobody", 0) == SEM_FAILED && errno == ENOENT);
  T(sem_open(name, 0) == s);
  CHECK("futex", "counting down");
  R(sem_wait(s));
  R(sem_trywait(s));
  R(sem_trywait(s));
  R(sem_getvalue(s, &value));
  say("%d", value);
  CHECK("futex", "a time limit");
  struct timespec t = soon();
  R(sem_timedwait(s, &t));
  CHECK("futex fork", "another process lets the waiter go on");
  pid_t child = CHILD({
    sem_t *own = sem_open(name, 0);
    sleep_ms(20);
    sem_post(own);
  });
  R(sem_wait(s));
  reap("poster", child);
  CHECK("unlinkat", "the name goes, the semaphore stays");
  R(sem_unlink(name));
  R(sem_unlink(name));
  R(sem_post(s));
  R(sem_wait(s));
  R(sem_close(s));
  CHECK("mmap futex", "in memory that processes share");
  s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  R(sem_init(s, 1, 0));
  for (int i = 0; i < 4; i++)
    CHILD({
      for (int n = 0; n < 100; n++) sem_post(s);
    });
  for (int n = 0; n < 400; n++) NEED(sem_wait(s));
  for (int i = 0; i < 4; i++) NEED(wait(NULL));
  R(sem_getvalue(s, &value));
  say("%d", value);
  return 0;
}
