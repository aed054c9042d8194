// covers: mmap execve
// Standard input is a descriptor like any other: mapped, also while signals come, and programs start as ever.
#include "case.h"

static volatile int count;
static void handler(int signal) {
  count++;
}
static void *map_often(void *unused) {
  for (int i = 0; i < 300; i++) {
    char *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
    if (at == MAP_FAILED || at[0] != 'c') return (void *)1;
    munmap(at, 4096);
  }
  return NULL;
}
int main(void) {
  put("file", "contents of standard input\n");
  int fd = NEED(open("file", O_RDWR));
  NEED(dup2(fd, 0));
  close(fd);
  CHECK("mmap", "descriptor zero");
  char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0);
  say("%.27s", at);
  at[0] = 'C';
  say("%.8s", get("file"));
  at[0] = 'c';
  R((long)mmap(NULL, 0, PROT_READ, MAP_SHARED, 0, 0));
  R((long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, 0, 100));
  CHECK("mmap execve", "programs start afterwards");
  reap("program", CHILD(execl("/bin/echo", "echo", "started", NULL)));
  reap("program", CHILD({
         mmap(NULL, 4096, PROT_READ, MAP_SHARED, 0, 0);
         pid_t inner = CHILD(execl("/bin/echo", "echo", "started by a child", NULL));
         waitpid(inner, NULL, 0);
         execl("/bin/echo", "echo", "started, too", NULL);
       }));
  CHECK("mmap", "descriptor zero in several threads, with signals");
  handle(SIGALRM, handler, 0);
  struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &often, NULL);
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, map_often, NULL);
  for (int i = 0; i < 3; i++) {
    void *wrong;
    pthread_join(threads[i], &wrong);
    R((long)wrong);
  }
  setitimer(ITIMER_REAL, &never, NULL);
  CHECK("mmap close", "descriptor zero when it is closed");
  close(0);
  R((long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, 0, 0));
  return 0;
}
