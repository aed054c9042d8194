// tags: network
// Full backlogs, waiting accepts, and sockets that share a port.
#include "inet.h"

int main(void) {
  CHECK("listen connect", "more connections than are accepted");
  int l = listen4(7900, 1);
  int c[4], done = 0;
  for (int i = 0; i < 4; i++) {
    c[i] = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    R(connect4(c[i], "127.0.0.1", 7900));
  }
  sleep_ms(50);
  for (int i = 0; i < 4; i++) {
    struct pollfd p = {c[i], POLLOUT, 0};
    done += poll(&p, 1, 0) == 1;
  }
  say("connected: %d", done);
  say_poll("on its way", c[3]);
  char byte;
  R(recv(c[3], &byte, 1, 0));
  R(send(c[3], "x", 1, 0));
  R(connect4(c[3], "127.0.0.1", 7900));
  CHECK("accept connect", "room for those that waited");
  for (int i = 0; i < 4; i++) NEED(accept(l, NULL, NULL));
  for (int i = 0; i < 4; i++) {
    struct pollfd p = {c[i], POLLOUT, 0};
    say("%d: %d", i, poll(&p, 1, 3000) == 1 && so_error(c[i]) == 0);
  }
  CHECK("accept", "a wait that a connection ends");
  l = listen4(7901, 5);
  struct gate ready = new_gate();
  pid_t child = CHILD(tell(ready); int fd = NEED(accept(l, NULL, NULL)); NEED(write(fd, "hi", 2)));
  await(ready);
  sleep_ms(30);
  int fd = NEED(socket(AF_INET, SOCK_STREAM, 0));
  OK(connect4(fd, "127.0.0.1", 7901));
  char data[10];
  R(recv(fd, data, 10, 0));
  reap("child", child);
  CHECK("accept(O_NONBLOCK)", "nobody there");
  NEED(fcntl(l, F_SETFL, O_NONBLOCK));
  R(accept(l, NULL, NULL));
  R(accept4(l, NULL, NULL, 0x40));
  CHECK("accept", "flags of the listener are not inherited");
  NEED(connect4(NEED(socket(AF_INET, SOCK_STREAM, 0)), "127.0.0.1", 7901));
  int s = NEED(accept(l, NULL, NULL));
  T((fcntl(s, F_GETFL) & O_NONBLOCK) == 0);
  CHECK("accept", "no room for a descriptor, or for the address");
  NEED(connect4(fd = NEED(socket(AF_INET, SOCK_STREAM, 0)), "127.0.0.1", 7901));
  struct rlimit old, few;
  NEED(getrlimit(RLIMIT_NOFILE, &old));
  few = old;
  few.rlim_cur = 3;
  NEED(setrlimit(RLIMIT_NOFILE, &few));
  R(accept(l, NULL, NULL));
  NEED(setrlimit(RLIMIT_NOFILE, &old));
  OK(accept(l, NULL, NULL));
  CHECK("setsockopt(SO_REUSEPORT)", "connections are shared");
  int share[2];
  for (int i = 0; i < 2; i++) {
    share[i] = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    NEED(set_option(share[i], SOL_SOCKET, SO_REUSEPORT, 1));
    NEED(bind4(share[i], "127.0.0.1", 7902));
    NEED(listen(share[i], 200));
  }
  for (int i = 0; i < 100; i++) NEED(connect4(NEED(socket(AF_INET, SOCK_STREAM, 0)), "127.0.0.1", 7902));
  int got[2] = {0, 0};
  for (int i = 0; i < 2; i++)
    while (accept(share[i], NULL, NULL) >= 0) got[i]++;
  T(got[0] + got[1] == 100);
  T(got[0] > 10 && got[1] > 10);
  CHECK("setsockopt(SO_REUSEPORT)", "datagrams are shared");
  int u[2];
  for (int i = 0; i < 2; i++) {
    u[i] = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    NEED(set_option(u[i], SOL_SOCKET, SO_REUSEPORT, 1));
    NEED(bind4(u[i], "127.0.0.1", 7903));
  }
  for (int i = 0; i < 100; i++) NEED(send4(NEED(socket(AF_INET, SOCK_DGRAM, 0)), "x", "127.0.0.1", 7903));
  got[0] = got[1] = 0;
  for (int i = 0; i < 2; i++)
    while (recv(u[i], data, 10, 0) >= 0) got[i]++;
  T(got[0] + got[1] == 100);
  T(got[0] > 10 && got[1] > 10);
  CHECK("setsockopt(TCP_DEFER_ACCEPT)", "a connection is there once it has bytes");
  int d = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  NEED(bind4(d, "127.0.0.1", 7904));
  OK(set_option(d, IPPROTO_TCP, TCP_DEFER_ACCEPT, 10));
  NEED(listen(d, 5));
  fd = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect4(fd, "127.0.0.1", 7904));
  R(accept(d, NULL, NULL));
  NEED(send(fd, "x", 1, 0));
  sleep_ms(20);
  OK(accept(d, NULL, NULL));
  CHECK("listen", "the nearest address answers");
  int any = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)),
      one = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  NEED(set_option(any, SOL_SOCKET, SO_REUSEADDR, 1));
  NEED(set_option(one, SOL_SOCKET, SO_REUSEADDR, 1));
  NEED(set_option(any, SOL_SOCKET, SO_REUSEPORT, 1));
  NEED(set_option(one, SOL_SOCKET, SO_REUSEPORT, 1));
  NEED(bind4(any, "0.0.0.0", 7905));
  NEED(bind4(one, "127.0.0.1", 7905));
  NEED(listen(any, 5));
  NEED(listen(one, 5));
  NEED(connect4(NEED(socket(AF_INET, SOCK_STREAM, 0)), "127.0.0.1", 7905));
  sleep_ms(10);
  R(accept(any, NULL, NULL));
  OK(accept(one, NULL, NULL));
  NEED(connect4(NEED(socket(AF_INET, SOCK_STREAM, 0)), "127.0.0.5", 7905));
  sleep_ms(10);
  R(accept(one, NULL, NULL));
  OK(accept(any, NULL, NULL));
  return 0;
}
