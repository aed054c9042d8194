// covers: signalfd4 read readv poll epoll_wait
// flags: -pthread
// Readers of signalfds that wait, and what happens to them meanwhile.
#include "case.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>

static sigset_t set;
static volatile sig_atomic_t handled;
static void handler(int signal UNUSED) {
  handled++;
}
static void later(int signal, int times) {
  if (fork() == 0) {
    for (int i = 0; i < times; i++) {
      sleep_ms(40);
      kill(getppid(), signal);
    }
    sleep_ms(80);
    _exit(0);
  }
}
static int fd;
static struct signalfd_siginfo info[4];
static void *reader(void *unused UNUSED) {
  struct signalfd_siginfo one;
  ssize_t got = read(fd, &one, sizeof one);
  return got == sizeof one ? (void *)(uintptr_t)one.ssi_signo : NULL;
}
int main(void) {
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGRTMIN + 3);
  NEED(sigprocmask(SIG_BLOCK, &set, NULL));
  handle(SIGUSR2, handler, SA_RESTART);
  fd = NEED(signalfd(-1, &set, 0));

  CHECK("signalfd4 read", "waits for a signal");
  later(SIGUSR1, 1);
  R(read(fd, info, sizeof info[0]));
  R(info[0].ssi_signo);
  R(read(fd, info, sizeof info[0]));
  R(info[0].ssi_signo);
  R(wait(NULL) > 0);

  CHECK("signalfd4 read", "goes on after a handler with SA_RESTART");
  later(SIGUSR2, 1);
  R(read(fd, info, sizeof info));
  R(info[0].ssi_signo);
  R(handled);
  R(wait(NULL) > 0);

  CHECK("signalfd4 read", "ends with EINTR without SA_RESTART");
  handle(SIGUSR2, handler, 0);
  later(SIGUSR2, 1);
  R(read(fd, info, sizeof info));
  R(handled);
  R(read(fd, info, sizeof info));
  R(info[0].ssi_signo == SIGCHLD);
  R(wait(NULL) > 0);

  CHECK("signalfd4 readv", "fills pieces smaller than one record");
  char a[100], b[100], c[100];
  struct iovec pieces[3] = {{a, 100}, {b, 100}, {c, 100}};
  raise(SIGUSR1);
  sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 77});
  R(readv(fd, pieces, 3));
  struct signalfd_siginfo joined;
  memcpy(&joined, b + 28, 72);
  memcpy((char *)&joined + 72, c, 56);
  T(joined.ssi_signo == (uint32_t)SIGRTMIN + 3);
  R(joined.ssi_int);

  CHECK("signalfd4 epoll_wait", "level and edge");
  int ep = NEED(epoll_create1(0));
  struct epoll_event want = {.events = EPOLLIN, .data.u32 = 5}, got;
  NEED(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &want));
  R(epoll_wait(ep, &got, 1, 0));
  later(SIGUSR1, 1);
  R(epoll_wait(ep, &got, 1, 2000));
  R(epoll_wait(ep, &got, 1, 0));
  R(got.events);
  sleep_ms(150);
  R(read(fd, info, sizeof info) / (ssize_t)sizeof *info);
  while (waitpid(-1, NULL, 0) > 0) {
  }
  struct pollfd poller = {fd, POLLIN, 0};
  if (poll(&poller, 1, 0) == 1) NEED(read(fd, info, sizeof info));
  want.events = EPOLLIN | EPOLLET;
  NEED(epoll_ctl(ep, EPOLL_CTL_MOD, fd, &want));
  raise(SIGUSR1);
  R(epoll_wait(ep, &got, 1, 0));
  R(epoll_wait(ep, &got, 1, 0));
  R(read(fd, info, sizeof info[0]));

  CHECK("signalfd4 read", "one of several threads takes a signal");
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, reader, NULL);
  int sum = 0;
  for (int i = 0; i < 3; i++) {
    sleep_ms(30);
    kill(getpid(), SIGUSR1);
  }
  for (int i = 0; i < 3; i++) {
    void *result;
    pthread_join(threads[i], &result);
    sum += (int)(uintptr_t)result;
  }
  R(sum);

  CHECK("signalfd4 poll", "a child sees its own signals, not its parent's");
  raise(SIGUSR1);
  reap("child", CHILD({
         R(poll(&poller, 1, 0));
         raise(SIGRTMIN + 3);
         R(poll(&poller, 1, 0));
         R(read(fd, info, sizeof info));
         T(info[0].ssi_signo == (uint32_t)SIGRTMIN + 3);
       }));
  R(read(fd, info, sizeof info[0]));
  T(info[0].ssi_signo == SIGUSR1);
  R(read(fd, info, sizeof info[0]));
  T(info[0].ssi_signo == SIGCHLD);

  CHECK("signalfd4 read", "many queued signals come in order");
  for (int i = 0; i < 500; i++) sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = i});
  int next = 0, wrong = 0;
  while (next < 500) {
    ssize_t length = NEED(read(fd, info, sizeof info));
    for (int i = 0; i < length / (ssize_t)sizeof *info; i++) wrong += info[i].ssi_int != next++;
  }
  R(wrong);
  R(poll(&poller, 1, 0));
  return 0;
}
