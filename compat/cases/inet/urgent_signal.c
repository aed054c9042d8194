// tags: network
// SIGURG goes to the owner of a socket, whether or not it asked for SIGIO.
#include "net.h"

#include <sys/signalfd.h>

static volatile int urgent, other;
static void on_signal(int number) {
  if (number == SIGURG)
    urgent++;
  else
    other++;
}
static void seen(const char *label) {
  settle();
  say("%s: SIGURG %d, others %d", label, urgent, other);
  urgent = other = 0;
}

int main(void) {
  handle(SIGURG, on_signal, SA_RESTART);
  handle(SIGIO, on_signal, SA_RESTART);
  handle(SIGUSR1, on_signal, SA_RESTART);
  struct connection c = connection4(7004);
  CHECK("fcntl(F_SETOWN) sendto(MSG_OOB)", "nobody owns the socket");
  R(send(c.client, "a", 1, MSG_OOB));
  seen("nobody");
  CHECK("fcntl(F_SETOWN) sendto(MSG_OOB)", "the owner is told of each mark");
  OK(fcntl(c.server, F_SETOWN, getpid()));
  T(fcntl(c.server, F_GETOWN) == getpid());
  R(send(c.client, "b", 1, MSG_OOB));
  seen("first");
  R(send(c.client, "c", 1, MSG_OOB));
  seen("second");
  R(send(c.client, "plain", 5, 0));
  seen("plain bytes");
  CHECK("ioctl(FIOSETOWN|SIOCGPGRP)", "another way to own");
  int me = 0, got = 0;
  OK(ioctl(c.server, FIOSETOWN, &me));
  R(send(c.client, "d", 1, MSG_OOB));
  seen("nobody");
  me = getpid();
  OK(ioctl(c.server, SIOCSPGRP, &me));
  OK(ioctl(c.server, SIOCGPGRP, &got));
  T(got == me);
  OK(ioctl(c.server, FIOGETOWN, &got));
  T(got == me);
  R(send(c.client, "e", 1, MSG_OOB));
  seen("me");
  me = -getpgrp();
  OK(ioctl(c.server, FIOSETOWN, &me));
  OK(ioctl(c.server, FIOGETOWN, &got));
  T(got == -getpgrp());
  CHECK("fcntl(F_SETSIG)", "does not change SIGURG");
  OK(fcntl(c.server, F_SETOWN, getpid()));
  OK(fcntl(c.server, F_SETSIG, SIGUSR1));
  R(send(c.client, "f", 1, MSG_OOB));
  seen("with F_SETSIG");
  OK(fcntl(c.server, F_SETSIG, 0));
  CHECK("fcntl(F_SETFL O_ASYNC)", "bytes raise SIGIO, urgent ones both");
  OK(fcntl(c.server, F_SETFL, O_ASYNC));
  R(send(c.client, "plain", 5, 0));
  seen("plain bytes");
  R(send(c.client, "g", 1, MSG_OOB));
  settle();
  T(urgent == 1);
  T(other >= 1);
  return 0;
}
