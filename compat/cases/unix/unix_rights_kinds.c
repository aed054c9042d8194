// Descriptors of every kind travel, and work on the other side.
// libs: -lutil
#include "unix.h"

#include <pty.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static int channel[2];
static int through(int fd) {
  NEED(send_fd(channel[0], "x", fd));
  struct got got = receive(channel[1], 0);
  close(fd);
  return got.fd_count == 1 ? got.fds[0] : -1;
}
int main(void) {
  char text[64] = {0};
  given_pair(SOCK_STREAM, channel);
  CHECK("sendmsg(SCM_RIGHTS)", "a terminal, to another process");
  int master, slave;
  NEED(openpty(&master, &slave, NULL, NULL, NULL));
  NEED(send_fd(channel[0], "t", slave));
  close(slave);
  pid_t child = CHILD({
    struct got got = receive(channel[1], 0);
    R(isatty(got.fds[0]));
    R(write(got.fds[0], "tty", 3));
  });
  reap("child", child);
  R(read(master, text, 8));
  CHECK("sendmsg(SCM_RIGHTS)", "an epoll set with its members");
  int set = NEED(epoll_create1(0)), pipes[2];
  NEED(pipe(pipes));
  struct epoll_event event = {EPOLLIN, {.u64 = 42}};
  NEED(epoll_ctl(set, EPOLL_CTL_ADD, pipes[0], &event));
  NEED(write(pipes[1], "x", 1));
  set = through(set);
  event.data.u64 = 0;
  R(epoll_wait(set, &event, 1, 0));
  R(event.data.u64);
  CHECK("sendmsg(SCM_RIGHTS)", "counters and timers");
  int counter = through(NEED(eventfd(7, 0)));
  uint64_t value = 0;
  R(read(counter, &value, 8));
  R(value);
  int timer = NEED(timerfd_create(CLOCK_MONOTONIC, 0));
  NEED(timerfd_settime(timer, 0, &(struct itimerspec){.it_value = {0, 1000000}}, NULL));
  timer = through(timer);
  R(read(timer, &value, 8));
  T(value >= 1);
  CHECK("sendmsg(SCM_RIGHTS)", "a signalfd reads the signals of its reader");
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGUSR1);
  NEED(sigprocmask(SIG_BLOCK, &signals, NULL));
  int sfd = through(NEED(signalfd(-1, &signals, SFD_NONBLOCK)));
  NEED(kill(getpid(), SIGUSR1));
  struct signalfd_siginfo info;
  R(read(sfd, &info, sizeof info) == sizeof info);
  R(info.ssi_signo);
  CHECK("sendmsg(SCM_RIGHTS)", "a process");
  struct gate go = new_gate();
  child = CHILD(await(go));
  int process = through(NEED(pidfd_open(child, 0)));
  say_events("running", process);
  R(pidfd_send_signal(process, 0, NULL, 0));
  tell(go);
  struct pollfd p = {process, POLLIN, 0};
  R(poll(&p, 1, 3000));
  reap("child", child);
  CHECK("sendmsg(SCM_RIGHTS)", "memory, mapped by two processes");
  int memory = NEED(memfd_create("m", 0));
  NEED(ftruncate(memory, 4096));
  char *here = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  strcpy(here, "from the sender");
  NEED(send_fd(channel[0], "m", memory));
  child = CHILD({
    struct got got = receive(channel[1], 0);
    char *there = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, got.fds[0], 0);
    say("%s", there);
    strcpy(there, "from the receiver");
  });
  reap("child", child);
  say("%s", here);
  CHECK("sendmsg(SCM_RIGHTS)", "directories, and places");
  NEED(given_directory("d", 0755));
  put("d/f", "inside");
  int dir = through(NEED(open("d", O_RDONLY | O_DIRECTORY)));
  int inside = NEED(openat(dir, "f", O_RDONLY));
  R(read(inside, text, 6));
  int place = through(NEED(open("d/f", O_PATH)));
  R(read(place, text, 1));
  struct stat st;
  R(fstat(place, &st));
  R(st.st_size);
  CHECK("sendmsg(SCM_RIGHTS)", "status flags travel, FD_CLOEXEC does not");
  int flagged = NEED(open("d/f", O_RDWR | O_APPEND | O_NONBLOCK | O_CLOEXEC));
  flagged = through(flagged);
  say("%o %o", fcntl(flagged, F_GETFL) & ~O_LARGEFILE, fcntl(flagged, F_GETFD));
  return 0;
}
