// poll: events of pipes and files, bad descriptors, timeouts, signals.
#include "case.h"

static void show(struct pollfd *fds, int count, int timeout) {
  int result = poll(fds, count, timeout);
  char text[200];
  int length = snprintf(text, sizeof text, "poll: %d", result);
  for (int i = 0; i < count; i++)
    length += snprintf(text + length, sizeof text - length, " %#x", fds[i].revents);
  say("%s", text);
}
static void ignore(int signal) {}
int main(void) {
  int p[2];
  NEED(pipe(p));
  put("f", "x");
  int file = NEED(open("f", O_RDWR));
  struct pollfd fds[] = {
      {p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {file, POLLIN | POLLOUT, 0}, {-1, POLLIN, 0}, {999, POLLIN, 0}};
  CHECK("poll", "pipes, files, no descriptors");
  show(fds, 5, 0);
  NEED(write(p[1], "x", 1));
  show(fds, 5, -1);
  show(fds, 1, -1);
  NEED(read(p[0], (char[1]){0}, 1));
  show(fds, 1, 0);
  CHECK("poll", "a timeout");
  long long start = now_ms();
  show(fds, 1, 60);
  T(now_ms() - start >= 59);
  CHECK("poll(POLLHUP|POLLERR)", "the other end is closed");
  close(p[1]);
  show(fds, 1, -1);
  NEED(pipe(p));
  close(p[0]);
  struct pollfd broken = {p[1], POLLOUT, 0};
  show(&broken, 1, -1);
  CHECK("poll", "no descriptors, bad pointers, too many");
  R(poll(NULL, 0, 1));
  R(poll(NULL, 1, 1));
  R(poll(fds, 1 << 30, 0));
  CHECK("poll", "interrupted whatever SA_RESTART says");
  handle(SIGALRM, ignore, SA_RESTART);
  struct itimerval timer = {.it_value = {0, 50000}};
  NEED(pipe(p));
  fds[0].fd = p[0];
  NEED(setitimer(ITIMER_REAL, &timer, NULL));
  R(poll(fds, 1, 5000));
  CHECK("ppoll", "times");
  struct timespec bad = {0, 1000000000}, shortly = {0, 1000000};
  R(ppoll(fds, 1, &bad, NULL));
  R(ppoll(fds, 1, &shortly, NULL));
  CHECK("ppoll", "a mask for the time of the wait");
  sigset_t block, none;
  sigemptyset(&none);
  sigemptyset(&block);
  sigaddset(&block, SIGALRM);
  sigprocmask(SIG_BLOCK, &block, NULL);
  raise(SIGALRM);
  R(poll(fds, 1, 1));
  R(ppoll(fds, 1, NULL, &none));
  return 0;
}
