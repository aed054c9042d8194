// tags: network
// Signals during calls that wait.
#include "net.h"

static void on_alarm(int number) {
  (void)number;
}
static void soon(int flags) {
  handle(SIGALRM, on_alarm, flags);
  struct itimerval time = {{0, 0}, {0, 40000}};
  NEED(setitimer(ITIMER_REAL, &time, NULL));
}

int main(void) {
  char data[10];
  static char block[1 << 20];
  struct connection c = connection4(7770);
  CHECK("accept recvfrom read recvmsg", "a handler without SA_RESTART");
  soon(0);
  R(accept(c.listener, NULL, NULL));
  soon(0);
  R(recv(c.server, data, 10, 0));
  soon(0);
  R(read(c.server, data, 10));
  struct pollfd p = {c.server, POLLIN, 0};
  soon(SA_RESTART);
  R(poll(&p, 1, 1000));
  CHECK("recvfrom accept", "a handler with SA_RESTART");
  pid_t child = CHILD({
    sleep_ms(120);
    NEED(send(c.client, "later", 5, 0));
  });
  soon(SA_RESTART);
  R(recv(c.server, data, 10, 0));
  reap("child", child);
  child = CHILD({
    sleep_ms(120);
    NEED(connect4(tcp4(), "127.0.0.1", 7770));
  });
  soon(SA_RESTART);
  OK(accept(c.listener, NULL, NULL));
  reap("child", child);
  CHECK("recvfrom(MSG_WAITALL)", "what has come is given");
  NEED(send(c.client, "abc", 3, 0));
  settle();
  soon(0);
  R(recv(c.server, data, 10, MSG_WAITALL));
  CHECK("sendto write", "what was sent counts");
  NEED(set_option(c.client, SOL_SOCKET, SO_SNDBUF, 10000));
  soon(0);
  ssize_t sent = send(c.client, block, sizeof block, 0);
  T(sent > 0 || (sent == -1 && errno == EINTR));
  CHECK("connect", "goes on in the background");
  int l = listen4(7771, 0);
  NEED(connect4(tcp4(), "127.0.0.1", 7771));
  int fd = tcp4();
  soon(0);
  R(connect4(fd, "127.0.0.1", 7771));
  say("%s", tcp_state(fd));
  soon(0);
  R(connect4(fd, "127.0.0.1", 7771));
  NEED(accept(l, NULL, NULL));
  struct pollfd q = {fd, POLLOUT, 0};
  R(poll(&q, 1, 5000));
  R(connect4(fd, "127.0.0.1", 7771));
  R(connect4(fd, "127.0.0.1", 7771));
  return 0;
}
