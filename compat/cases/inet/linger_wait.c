// tags: network
// close with SO_LINGER waits until the peer has everything, or the time is over.
#include "net.h"

static char block[65536];

static void fill(int fd) {
  while (send(fd, block, sizeof block, MSG_DONTWAIT) > 0) continue;
}
static struct connection small(int port) {
  struct connection c;
  c.listener = tcp4();
  NEED(set_option(c.listener, SOL_SOCKET, SO_RCVBUF, 10000));
  NEED(bind4(c.listener, "127.0.0.1", port));
  NEED(listen(c.listener, 5));
  c.client = tcp4();
  NEED(connect4(c.client, "127.0.0.1", port));
  c.server = NEED(accept(c.listener, NULL, NULL));
  return c;
}

int main(void) {
  struct linger one = {1, 1}, long_time = {1, 20};
  CHECK("setsockopt(SO_LINGER) close", "everything is there: at once");
  struct connection c = small(7050);
  NEED(setsockopt(c.client, SOL_SOCKET, SO_LINGER, &long_time, sizeof one));
  NEED(send(c.client, "abc", 3, 0));
  settle();
  long long start = now_ms();
  R(close(c.client));
  T(now_ms() - start < 1000);
  say_recv("server", c.server, 0);
  say_recv("server", c.server, 0);
  CHECK("setsockopt(SO_LINGER) close", "nobody reads: the time passes");
  c = small(7051);
  NEED(setsockopt(c.client, SOL_SOCKET, SO_LINGER, &one, sizeof one));
  fill(c.client);
  start = now_ms();
  R(close(c.client));
  T(now_ms() - start >= 900);
  T(now_ms() - start < 5000);
  CHECK("setsockopt(SO_LINGER) close(O_NONBLOCK)", "somebody reads: as long as that takes");
  c = small(7052);
  NEED(setsockopt(c.client, SOL_SOCKET, SO_LINGER, &long_time, sizeof one));
  NEED(fcntl(c.client, F_SETFL, O_NONBLOCK));
  fill(c.client);
  struct gate ready = new_gate();
  pid_t child = CHILD({
    close(c.client);
    tell(ready);
    sleep_ms(200);
    while (recv(c.server, block, sizeof block, 0) > 0) continue;
    say("read all");
  });
  await(ready);
  start = now_ms();
  NEED(close(c.client));
  reap("child", child);
  T(now_ms() - start >= 100);
  T(now_ms() - start < 10000);
  CHECK("setsockopt(SO_LINGER) close", "another descriptor is left");
  c = small(7054);
  NEED(setsockopt(c.client, SOL_SOCKET, SO_LINGER, &one, sizeof one));
  fill(c.client);
  int copy = NEED(dup(c.client));
  start = now_ms();
  R(close(c.client));
  T(now_ms() - start < 900);
  say("%s", tcp_state(copy));
  CHECK("getsockopt setsockopt(SO_LINGER)", "values");
  struct linger l = {5, 7};
  socklen_t length = sizeof l;
  OK(setsockopt(copy, SOL_SOCKET, SO_LINGER, &l, sizeof l));
  OK(getsockopt(copy, SOL_SOCKET, SO_LINGER, &l, &length));
  say("%d %d", l.l_onoff, l.l_linger);
  l = (struct linger){0, 9};
  OK(setsockopt(copy, SOL_SOCKET, SO_LINGER, &l, sizeof l));
  OK(getsockopt(copy, SOL_SOCKET, SO_LINGER, &l, &length));
  say("%d %d", l.l_onoff, l.l_linger);
  R(setsockopt(copy, SOL_SOCKET, SO_LINGER, &l, 4));
  return 0;
}
