// flags: -static-pie -fPIE
// libs: -lpthread
// A static position-independent program relocates itself; threads and TLS work in it.
#include "case.h"

static __thread int local = 7;
static int *pointer = (int *)&self;
static void *thread(void *argument) {
  local++;
  return (void *)(long)local;
}
int main(void) {
  CHECK("execve", "relocates itself");
  T(pointer == (int *)&self);
  CHECK("clone", "a thread with local storage");
  pthread_t id;
  void *result;
  pthread_create(&id, NULL, thread, NULL);
  pthread_join(id, &result);
  R(result);
  R(local);
  CHECK("clone", "a child");
  reap("child", CHILD(_exit(local)));
  CHECK("execve", "another program");
  reap("exec", CHILD(execl("/bin/echo", "echo", "from", "static-pie", NULL)));
  return 0;
}
