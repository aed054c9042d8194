// O_ASYNC: signals when something arrives.
#include "unix.h"

static volatile sig_atomic_t count, band, descriptor;
static void on_io(int signal UNUSED, siginfo_t *info, void *context UNUSED) {
  count++;
  band = (int)info->si_band;
  descriptor = info->si_fd;
}
static void wait_for_one(void) {
  for (int i = 0; i < 200 && !count; i++) sleep_ms(1);
  sleep_ms(5);
}
int main(void) {
  int s[2];
  struct sigaction action = {.sa_sigaction = on_io, .sa_flags = SA_SIGINFO};
  NEED(sigaction(SIGIO, &action, NULL));
  NEED(sigaction(SIGRTMIN, &action, NULL));
  CHECK("fcntl(F_SETFL|O_ASYNC)", "data for a stream");
  given_pair(SOCK_STREAM, s);
  R(fcntl(s[1], F_SETOWN, getpid()));
  R(fcntl(s[1], F_SETFL, O_ASYNC));
  say("%o", fcntl(s[1], F_GETFL));
  NEED(write(s[0], "x", 1));
  wait_for_one();
  say("at least one: %d", count > 0);
  CHECK("fcntl(F_SETSIG)", "a signal that says which descriptor and what");
  char byte;
  NEED(read(s[1], &byte, 1));
  R(fcntl(s[1], F_SETSIG, SIGRTMIN));
  count = 0;
  NEED(write(s[0], "x", 1));
  wait_for_one();
  say("at least one: %d, that descriptor: %d, in: %d", count > 0, descriptor == s[1], (band & POLLIN) != 0);
  CHECK("fcntl(F_SETFL)", "off again");
  R(fcntl(s[1], F_SETFL, 0));
  count = 0;
  NEED(write(s[0], "x", 1));
  sleep_ms(10);
  say("%d", (int)count);
  CHECK("fcntl(O_ASYNC)", "datagrams");
  given_pair(SOCK_DGRAM, s);
  NEED(fcntl(s[1], F_SETOWN, getpid()));
  NEED(fcntl(s[1], F_SETFL, O_ASYNC));
  count = 0;
  NEED(write(s[0], "x", 1));
  wait_for_one();
  say("at least one: %d", count > 0);
  CHECK("fcntl(O_ASYNC) connect", "a connection for a server");
  int server = given_listener(SOCK_STREAM, "server", 5);
  NEED(fcntl(server, F_SETOWN, getpid()));
  NEED(fcntl(server, F_SETFL, O_ASYNC));
  count = 0;
  NEED(given_connected(SOCK_STREAM, "server"));
  wait_for_one();
  say("at least one: %d", count > 0);
  CHECK("ioctl(FIOASYNC|FIOSETOWN|FIOGETOWN|SIOCSPGRP|SIOCGPGRP)", "the older way");
  given_pair(SOCK_STREAM, s);
  int pid = getpid(), got = 0;
  R(ioctl(s[1], 0x8901 /* FIOSETOWN */, &pid));
  R(ioctl(s[1], 0x8903 /* FIOGETOWN */, &got));
  T(got == pid);
  R(ioctl(s[1], 0x8904 /* SIOCGPGRP */, &got));
  T(got == pid);
  R(ioctl(s[1], FIOASYNC, &(int){1}));
  count = 0;
  NEED(write(s[0], "x", 1));
  wait_for_one();
  say("at least one: %d", count > 0);
  CHECK("fcntl(O_ASYNC) close", "the end of the other side");
  count = 0;
  close(s[0]);
  wait_for_one();
  say("at least one: %d", count > 0);
  return 0;
}
