/* Processes that end, or are killed, while calls of many threads are in flight. */
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include "guest.h"

static int pipes[2];

static void *busy(void *argument) {
  long kind = (long)argument;
  char byte, path[4096];
  struct stat st;
  for (;;) {
    switch (kind % 8) {
      case 0:
        if (read(pipes[0], &byte, 1) < 0) return NULL;
        break;
      case 1:
        stat("/usr/bin/env", &st);
        break;
      case 2:
        poll(&(struct pollfd){pipes[0], POLLIN, 0}, 1, -1);
        break;
      case 3:
        usleep(100);
        break;
      case 4:
        close(open("/etc/passwd", O_RDONLY));
        break;
      case 5: {
        void *map = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(map, 1, 65536);
        munmap(map, 65536);
        break;
      }
      case 6: {
        int epoll = epoll_create1(0);
        struct epoll_event event;
        epoll_wait(epoll, &event, 1, 1);
        close(epoll);
        break;
      }
      case 7:
        if (!getcwd(path, sizeof path)) return NULL;
        break;
    }
  }
}

int main(void) {
  work_directory();
  srand(1);
  for (int round = 0; round < 150; round++) {
    if (pipe(pipes)) return 4;
    int delay = rand() % 8000, how = round % 4;
    pid_t child = fork();
    if (child < 0) return 5;
    if (child == 0) {
      pthread_t thread;
      for (long i = 0; i < 8; i++) pthread_create(&thread, NULL, busy, (void *)i);
      usleep(delay);
      if (how == 0) _exit(0);
      if (how == 1) *(volatile int *)0 = 0;
      if (how == 2) execl("/bin/true", "true", NULL);
      for (;;) pause();
    }
    usleep(delay);
    int status;
    if (how == 3) kill(child, SIGKILL);
    if (reap_within(child, 10000, &status)) {
      printf("round %d: did not end\n", round);
      return 6;
    }
    close(pipes[0]);
    close(pipes[1]);
  }
  printf("rounds done\n");
  fflush(stdout);
  return still_alive();
}
