// Waiting in accept: time, signals, other threads.
#include "unix.h"

static int server;
static void on_alarm(int signal UNUSED) {}
static void *accept_one(void *unused UNUSED) {
  int fd = accept(server, NULL, NULL);
  say("accept: %s", fd >= 0 ? "a connection" : errno_name(errno));
  return NULL;
}
int main(void) {
  server = given_listener(SOCK_STREAM, "server", 5);
  CHECK("accept(O_NONBLOCK)", "nobody there");
  NEED(fcntl(server, F_SETFL, O_NONBLOCK));
  R(accept(server, NULL, NULL));
  NEED(fcntl(server, F_SETFL, 0));
  CHECK("accept(SO_RCVTIMEO)", "waits as long as it may");
  struct timeval limit = {0, 30000};
  NEED(setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
  R(accept(server, NULL, NULL));
  CHECK("accept(SO_RCVTIMEO)", "and is interrupted even with SA_RESTART");
  limit.tv_sec = 3;
  NEED(setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
  handle(SIGALRM, on_alarm, SA_RESTART);
  struct itimerval soon = {.it_value = {0, 30000}};
  NEED(setitimer(ITIMER_REAL, &soon, NULL));
  R(accept(server, NULL, NULL));
  limit = (struct timeval){0};
  NEED(setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
  CHECK("accept shutdown", "ended by another thread");
  pthread_t thread;
  NEED(pthread_create(&thread, NULL, accept_one, NULL));
  sleep_ms(30);
  NEED(shutdown(server, SHUT_RDWR));
  pthread_join(thread, NULL);
  close(server);
  CHECK("accept4", "flags of the new descriptor are its own");
  NEED(unlink("server"));
  server = given_listener(SOCK_STREAM | SOCK_NONBLOCK, "server", 5);
  NEED(given_connected(SOCK_STREAM, "server"));
  NEED(given_connected(SOCK_STREAM, "server"));
  int plain = NEED(accept(server, NULL, NULL)),
      flagged = NEED(accept4(server, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
  say("%o %o", fcntl(plain, F_GETFL), fcntl(plain, F_GETFD));
  say("%o %o", fcntl(flagged, F_GETFL), fcntl(flagged, F_GETFD));
  CHECK("accept", "the address of a client that has a name, and room for little");
  int named = given_bound(SOCK_STREAM, "client");
  NEED(connect_to(named, "server"));
  char room[16] = "###############";
  socklen_t length = 5;
  OK(accept(server, (void *)room, &length));
  R(length);
  say("%s", room + 2);
  CHECK("accept", "bad addresses");
  NEED(given_connected(SOCK_STREAM, "server"));
  length = sizeof room;
  R(accept(server, (void *)room, (void *)8));
  NEED(given_connected(SOCK_STREAM, "server"));
  length = -1;
  R(accept(server, (void *)room, &length));
  R(accept(server, NULL, NULL));
  CHECK("accept", "two threads, one connection, one left waiting");
  NEED(fcntl(server, F_SETFL, 0));
  pthread_t other;
  NEED(pthread_create(&thread, NULL, accept_one, NULL));
  NEED(pthread_create(&other, NULL, accept_one, NULL));
  sleep_ms(20);
  NEED(given_connected(SOCK_STREAM, "server"));
  sleep_ms(20);
  NEED(given_connected(SOCK_STREAM, "server"));
  pthread_join(thread, NULL);
  pthread_join(other, NULL);
  return 0;
}
