// A backlog that is full: who waits, who is refused, and what lets them in.
#include "unix.h"

static void on_alarm(int signal UNUSED) {}
static int try_connect(void) {
  int fd = given_socket(SOCK_STREAM | SOCK_NONBLOCK);
  int r = connect_to(fd, "server");
  return r == 0 ? fd : -1;
}
static int room(void) {
  int count = 0;
  while (try_connect() >= 0) count++;
  return count;
}
int main(void) {
  CHECK("listen(0) connect", "one more than the backlog");
  int server = given_listener(SOCK_STREAM, "server", 0);
  say("%d, then %s", room(), errno_name(errno));
  CHECK("listen", "a longer backlog later");
  R(listen(server, 3));
  say("%d more", room());
  CHECK("listen(-1)", "a negative one");
  R(listen(server, -1));
  say("more than fifty: %d", ({
        int count = 0;
        while (count < 60 && try_connect() >= 0) count++;
        count > 50;
      }));
  CHECK("accept", "each accepted connection makes room");
  close(server);
  NEED(unlink("server"));
  server = given_listener(SOCK_STREAM, "server", 1);
  say("%d", room());
  OK(accept(server, NULL, NULL));
  say("%d more", room());
  CHECK("connect(SO_SNDTIMEO)", "waits as long as it may");
  struct timeval limit = {0, 30000};
  int patient = given_socket(SOCK_STREAM);
  NEED(setsockopt(patient, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
  long long start = now_ms();
  R(connect_to(patient, "server"));
  T(now_ms() - start >= 29);
  CHECK("connect", "a wait that accept ends");
  pid_t child = CHILD({
    int fd = given_socket(SOCK_STREAM);
    R(connect_to(fd, "server"));
    R(write(fd, "late", 4));
  });
  sleep_ms(30);
  R(waitpid(child, NULL, WNOHANG));
  int last = -1;
  NEED(accept(server, NULL, NULL));
  reap("child", child);
  NEED(accept(server, NULL, NULL));
  last = NEED(accept(server, NULL, NULL));
  char text[8] = {0};
  R(read(last, text, 8));
  say("%s", text);
  CHECK("connect", "a wait that a signal ends");
  say("%d", room());
  child = CHILD({
    handle(SIGALRM, on_alarm, 0);
    int fd = given_socket(SOCK_STREAM);
    struct itimerval soon = {.it_value = {0, 30000}};
    NEED(setitimer(ITIMER_REAL, &soon, NULL));
    R(connect_to(fd, "server"));
  });
  reap("child", child);
  CHECK("connect", "a wait that the listener's end ends");
  child = CHILD({
    close(server);
    R(connect_to(given_socket(SOCK_STREAM), "server"));
  });
  sleep_ms(30);
  close(server);
  reap("child", child);
  return 0;
}
