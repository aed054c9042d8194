// mq_notify(3) with SIGEV_THREAD, as the C library does it: over a netlink socket.
#include "case.h"

#include <linux/netlink.h>
#include <mqueue.h>

static atomic_int called;
static void notified(union sigval value) {
  called = value.sival_int;
}

static void show(int fd) {
  unsigned char cookie[64];
  struct sockaddr_nl from;
  socklen_t length = sizeof from;
  long n = recvfrom(fd, cookie, sizeof cookie, MSG_DONTWAIT, (void *)&from, &length);
  if (n < 0)
    say("nothing: %s", errno_name(errno));
  else
    say("%ld bytes \"%.5s\", last %d, from port %u", n, cookie, cookie[n - 1], from.nl_pid);
}

int main(void) {
  struct mq_attr a = {.mq_maxmsg = 4, .mq_msgsize = 16};
  char name[64];
  snprintf(name, sizeof name, "/case.%d", getpid());
  mqd_t q = NEED(mq_open(name, O_RDWR | O_CREAT, 0600, &a));
  mq_unlink(name);
  CHECK("mq_notify", "a function is called in a thread");
  struct sigevent e = {.sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 77};
  e.sigev_notify_function = notified;
  R(mq_notify(q, &e));
  NEED(mq_send(q, "x", 1, 0));
  for (int i = 0; i < 500 && !called; i++) sleep_ms(10);
  say("called with %d", called);
  char text[16];
  NEED(mq_receive(q, text, sizeof text, NULL));
  CHECK("mq_notify recvfrom", "what is sent over the socket");
  int fd = NEED(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  char cookie[32] = "abcde";
  struct sigevent raw = {.sigev_notify = SIGEV_THREAD, .sigev_signo = fd, .sigev_value.sival_ptr = cookie};
  R(syscall(SYS_mq_notify, q, &raw));
  show(fd);
  NEED(mq_send(q, "x", 1, 0));
  show(fd);
  show(fd);
  NEED(mq_receive(q, text, sizeof text, NULL));
  CHECK("mq_notify", "taking it back is told, too");
  R(syscall(SYS_mq_notify, q, &raw));
  R(syscall(SYS_mq_notify, q, NULL));
  show(fd);
  CHECK("close mq_notify", "and closing the queue");
  int other = NEED(dup(q));
  R(syscall(SYS_mq_notify, q, &raw));
  close(other);
  show(fd);
  CHECK("mq_notify", "places where nothing can be sent");
  raw.sigev_signo = 99;
  R(syscall(SYS_mq_notify, q, &raw));
  raw.sigev_signo = NEED(open("/dev/null", O_RDWR));
  R(syscall(SYS_mq_notify, q, &raw));
  raw.sigev_signo = NEED(socket(AF_UNIX, SOCK_DGRAM, 0));
  R(syscall(SYS_mq_notify, q, &raw));
  raw.sigev_signo = fd;
  raw.sigev_value.sival_ptr = (void *)8;
  R(syscall(SYS_mq_notify, q, &raw));
  return 0;
}
