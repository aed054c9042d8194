// Waiting for events: times, signals, threads.
#include "aio.h"

static aio_context_t c;
static int p[2];
static struct iocb r, *list[] = {&r};

static void on_signal(int n) {
  (void)n;
}
static void *writer(void *unused) {
  (void)unused;
  sleep_ms(20);
  NEED(write(p[1], "x", 1));
  return NULL;
}

int main(void) {
  struct io_event e[4];
  NEED(io_setup(8, &c));
  NEED(pipe(p));
  CHECK("io_getevents", "a time that ends");
  struct timespec now = {0, 0}, soon = {0, 20000000}, odd = {0, 2000000000};
  long long began = now_ms();
  R(io_getevents(c, 1, 4, e, &soon));
  T(now_ms() - began >= 20);
  R(io_getevents(c, 1, 4, e, &now));
  R(io_getevents(c, 1, 4, e, (void *)8));
  CHECK("io_getevents", "a time that is no proper one");
  r = request_of(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 0, 0);
  R(io_submit(c, 1, list));
  R(io_getevents(c, 1, 4, e, &odd));
  CHECK("io_getevents", "fewer than are waited for");
  r = request_of(IOCB_CMD_POLL, p[1], (void *)POLLOUT, 0, 0);
  R(io_submit(c, 1, list));
  R(io_getevents(c, 2, 4, e, &soon));
  CHECK("io_getevents", "a thread makes one ready");
  r = request_of(IOCB_CMD_POLL, p[0], (void *)POLLIN, 0, 0);
  R(io_submit(c, 1, list));
  pthread_t t;
  pthread_create(&t, NULL, writer, NULL);
  R(io_getevents(c, 1, 4, e, NULL));
  pthread_join(t, NULL);
  CHECK("io_getevents", "a signal ends the wait");
  handle(SIGALRM, on_signal, SA_RESTART);
  struct itimerval alarm_soon = {.it_value.tv_usec = 20000};
  NEED(setitimer(ITIMER_REAL, &alarm_soon, NULL));
  R(io_getevents(c, 1, 4, e, NULL));
  CHECK("io_pgetevents", "with signals held back");
  struct {
    const sigset_t *set;
    size_t size;
  } masked = {NULL, 8};
  sigset_t blocked, pending;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGALRM);
  masked.set = &blocked;
  NEED(setitimer(ITIMER_REAL, &alarm_soon, NULL));
  struct timespec longer = {0, 60000000};
  R(syscall(SYS_io_pgetevents, c, 1, 4, e, &longer, &masked));
  sigpending(&pending);
  T(!sigismember(&pending, SIGALRM));
  CHECK("io_pgetevents", "with signals let in");
  NEED(sigprocmask(SIG_BLOCK, &blocked, NULL));
  NEED(raise(SIGALRM));
  sigset_t empty;
  sigemptyset(&empty);
  masked.set = &empty;
  R(syscall(SYS_io_pgetevents, c, 1, 4, e, NULL, &masked));
  masked.size = 7;
  R(syscall(SYS_io_pgetevents, c, 1, 4, e, &now, &masked));
  R(syscall(SYS_io_pgetevents, c, 0, 4, e, &now, NULL));
  return 0;
}
