// libs: -lpthread
// tags: lane
// A connection that is busy when a filter is installed: nothing goes around it.
#include "seccomp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

enum { ROUNDS = 3000 };

/* Two ends of a TCP connection. */
static void connected(int ends[2]) {
  int listener = NEED(socket(AF_INET, SOCK_STREAM, 0));
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof name;
  NEED(bind(listener, (struct sockaddr *)&name, sizeof name));
  NEED(listen(listener, 1));
  NEED(getsockname(listener, (struct sockaddr *)&name, &length));
  ends[0] = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect(ends[0], (struct sockaddr *)&name, sizeof name));
  ends[1] = NEED(accept(listener, NULL, NULL));
  close(listener);
}

/* Sends what comes back at once. */
static void echo(int fd) {
  char bytes[64];
  ssize_t got;
  while ((got = read(fd, bytes, sizeof bytes)) > 0)
    if (write(fd, bytes, got) != got) break;
  _exit(0);
}

/* The same calls from the same places, many times. */
static int talk(int fd, int rounds) {
  char bytes[64];
  int done = 0;
  for (int i = 0; i < rounds; i++) {
    snprintf(bytes, sizeof bytes, "message %d", i);
    if (write(fd, bytes, 32) != 32) break;
    if (read(fd, bytes, sizeof bytes) != 32) break;
    done++;
  }
  return done;
}

static volatile int began, stopped;

static void *talker(void *fd) {
  began = talk((int)(long)fd, ROUNDS) == ROUNDS;
  stopped = talk((int)(long)fd, 1000000) < 1000000;
  return NULL;
}

int main(void) {
  int ends[2];
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) read", "read is denied from then on");
  FILTERED("child", {
    connected(ends);
    pid_t other = CHILD({
      close(ends[0]);
      echo(ends[1]);
    });
    close(ends[1]);
    T(talk(ends[0], ROUNDS) == ROUNDS);
    NEED(ADD(0, ONE(SYS_read, SECCOMP_RET_ERRNO | EDOM)));
    T(talk(ends[0], ROUNDS) == 0 && errno == EDOM);
    char bytes[32];
    R(recv(ends[0], bytes, sizeof bytes, 0));
    close(ends[0]);
    reap("other end", other);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) write", "write is denied by its length");
  FILTERED("child", {
    connected(ends);
    pid_t other = CHILD({
      close(ends[0]);
      echo(ends[1]);
    });
    close(ends[1]);
    T(talk(ends[0], ROUNDS) == ROUNDS);
    NEED(ADD(0, LOAD_NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 3), LOAD_ARG(2),
             BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 40, 0, 1), RET(SECCOMP_RET_ERRNO | EDOM), ALLOW));
    T(talk(ends[0], ROUNDS) == ROUNDS);
    char bytes[64] = "";
    R(write(ends[0], bytes, 64));
    close(ends[0]);
    reap("other end", other);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) read write",
        "a filter that has nothing against it, before and after");
  FILTERED("child", {
    NEED(ADD(0, ONE(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)));
    connected(ends);
    pid_t other = CHILD({
      close(ends[0]);
      echo(ends[1]);
    });
    close(ends[1]);
    T(talk(ends[0], ROUNDS) == ROUNDS);
    NEED(ADD(0, ONE(SYS_getuid, SECCOMP_RET_ERRNO | EDOM)));
    T(talk(ends[0], ROUNDS) == ROUNDS);
    close(ends[0]);
    reap("other end", other);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) madvise", "programs that may not advise are not made to");
  FILTERED("child", {
    NEED(ADD(0, ONE(SYS_madvise, SECCOMP_RET_KILL_PROCESS)));
    connected(ends);
    pid_t other = CHILD({
      close(ends[0]);
      echo(ends[1]);
    });
    close(ends[1]);
    T(talk(ends[0], ROUNDS) == ROUNDS);
    close(ends[0]);
    reap("other end", other);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) madvise",
        "nor where that is decided before the connection is busy");
  FILTERED("child", {
    connected(ends);
    pid_t other = CHILD({
      close(ends[0]);
      echo(ends[1]);
    });
    close(ends[1]);
    for (int rounds = 1; rounds < 200; rounds += 20) T(talk(ends[0], rounds) == rounds);
    NEED(ADD(0, ONE(SYS_madvise, SECCOMP_RET_KILL_PROCESS)));
    T(talk(ends[0], ROUNDS) == ROUNDS);
    close(ends[0]);
    reap("other end", other);
  });
  CHECK("seccomp(SECCOMP_FILTER_FLAG_TSYNC) read", "another thread's filter stops a thread that is busy");
  FILTERED("child", {
    connected(ends);
    pid_t other = CHILD({
      close(ends[0]);
      echo(ends[1]);
    });
    close(ends[1]);
    pthread_t thread;
    pthread_create(&thread, NULL, talker, (void *)(long)ends[0]);
    while (!began) sleep_ms(1);
    NEED(ADD(SECCOMP_FILTER_FLAG_TSYNC, ONE(SYS_write, SECCOMP_RET_ERRNO | EDOM)));
    pthread_join(thread, NULL);
    syscall(SYS_writev, 1, &(struct iovec){began && stopped ? "stopped\n" : "other  \n", 8}, 1);
    close(ends[0]);
    waitpid(other, NULL, 0);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER) epoll_ctl", "a descriptor that is watched by an instance");
  FILTERED("child", {
    connected(ends);
    pid_t other = CHILD({
      close(ends[0]);
      echo(ends[1]);
    });
    close(ends[1]);
    int instance = NEED(epoll_create1(0)), refused = 0;
    struct epoll_event event = {.events = EPOLLIN};
    NEED(epoll_ctl(instance, EPOLL_CTL_ADD, ends[0], &event));
    for (int i = 0; i < 2 * ROUNDS; i++) {
      if (i == ROUNDS) NEED(ADD(0, ONE(SYS_epoll_ctl, SECCOMP_RET_ERRNO | EDOM)));
      char bytes[32] = "";
      NEED(write(ends[0], bytes, sizeof bytes));
      NEED(epoll_wait(instance, &event, 1, 1000));
      NEED(read(ends[0], bytes, sizeof bytes));
      if (epoll_ctl(instance, EPOLL_CTL_MOD, ends[0], &(struct epoll_event){.events = EPOLLIN}) == -1)
        refused++;
    }
    T(refused == ROUNDS);
    close(ends[0]);
    reap("other end", other);
  });
  return 0;
}
