// tags: network
// How many sockets there are: /proc/net/sockstat.
#include "diag.h"

static void show(const char *label) {
  char text[1024];
  snprintf(text, sizeof text, "%s%s", get("/proc/net/sockstat"), "");
  int used = -1, tcp = -1, udp = -1, tcp6 = -1, udp6 = -1;
  sscanf(text, "sockets: used %d", &used);
  const char *p = strstr(text, "TCP: inuse ");
  if (p) tcp = atoi(p + 11);
  p = strstr(text, "UDP: inuse ");
  if (p) udp = atoi(p + 11);
  snprintf(text, sizeof text, "%s", get("/proc/net/sockstat6"));
  p = strstr(text, "TCP6: inuse ");
  if (p) tcp6 = atoi(p + 12);
  p = strstr(text, "UDP6: inuse ");
  if (p) udp6 = atoi(p + 12);
  say("%s: used %d, tcp %d, udp %d, tcp6 %d, udp6 %d", label, used, tcp, udp, tcp6, udp6);
}

int main(void) {
  struct sockaddr_in a;
  CHECK("read", "nothing");
  show("at first");
  CHECK("read socket", "sockets without a name");
  int one = NEED(socket(AF_INET, SOCK_STREAM, 0)), two = NEED(socket(AF_UNIX, SOCK_STREAM, 0));
  show("two");
  close(two);
  CHECK("read listen", "a listener");
  close(one);
  one = bound(SOCK_STREAM, &a);
  NEED(listen(one, 1));
  show("one");
  CHECK("read bind", "datagrams");
  two = bound(SOCK_DGRAM, &a);
  int six = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  struct sockaddr_in6 c = {.sin6_family = AF_INET6};
  NEED(bind(six, (void *)&c, sizeof c));
  show("three");
  CHECK("read close", "closed again");
  close(one);
  close(two);
  close(six);
  show("none");
  return 0;
}
