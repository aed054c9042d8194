// tags: network
// TCP_USER_TIMEOUT ends a connection whose peer does not take anything.
#include "net.h"

int main(void) {
  static char block[1 << 20];
  struct connection c = connection4(7820);
  CHECK("setsockopt(TCP_USER_TIMEOUT) sendto poll", "the peer has no room");
  OK(set_option(c.client, IPPROTO_TCP, TCP_USER_TIMEOUT, 300));
  while (send(c.client, block, sizeof block, MSG_DONTWAIT) > 0) continue;
  struct pollfd p = {c.client, 0, 0};
  long long start = now_ms();
  R(poll(&p, 1, 15000));
  long long took = now_ms() - start;
  T(took >= 200);
  T(took < 12000);
  say_poll("client", c.client);
  say("%s", tcp_state(c.client));
  R(so_error(c.client));
  CHECK("setsockopt(TCP_USER_TIMEOUT)", "nothing to send: nothing happens");
  struct connection d = connection4(7821);
  OK(set_option(d.client, IPPROTO_TCP, TCP_USER_TIMEOUT, 100));
  R(send(d.client, "x", 1, 0));
  sleep_ms(250);
  say("%s", tcp_state(d.client));
  R(send(d.client, "y", 1, 0));
  return 0;
}
