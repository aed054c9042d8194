// tags: network
// Options of SOL_SOCKET that are one int: what each kind of socket says at first, and after it was set.
#include "net.h"

struct option {
  const char *name;
  int number;
};
#define O(name) \
  {             \
#name, name \
  }
static const struct option flags[] = {
    O(SO_DEBUG),         O(SO_REUSEADDR),        O(SO_REUSEPORT), O(SO_KEEPALIVE),   O(SO_DONTROUTE),
    O(SO_BROADCAST),     O(SO_OOBINLINE),        O(SO_NO_CHECK),  O(SO_PRIORITY),    O(SO_TIMESTAMP),
    O(SO_TIMESTAMPNS),   O(SO_RXQ_OVFL),         O(SO_PEEK_OFF),  O(SO_LOCK_FILTER), O(SO_SELECT_ERR_QUEUE),
    O(SO_BUSY_POLL),     O(SO_ZEROCOPY),         O(SO_MARK),      O(SO_SNDLOWAT),    O(SO_INCOMING_NAPI_ID),
    O(SO_BINDTOIFINDEX), O(SO_PREFER_BUSY_POLL), O(SO_TXREHASH),  O(SO_BUF_LOCK),    O(SO_RCVMARK),
    O(SO_BSDCOMPAT),     O(SO_WIFI_STATUS),      O(SO_NOFCS),     O(SO_PASSCRED),    O(SO_PASSSEC),
    O(SO_ACCEPTCONN),    O(SO_DOMAIN),           O(SO_PROTOCOL),  O(SO_TYPE),        O(SO_ERROR),
    O(SO_CNX_ADVICE),    O(SO_BUSY_POLL_BUDGET),
};

static void all(int family, int type) {
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    int fd = NEED(socket(family, type, 0)), at_first = option(fd, SOL_SOCKET, flags[i].number), results[3],
        values[3];
    int tried[] = {1, 0, -1};
    for (int k = 0; k < 3; k++) {
      results[k] = set_option(fd, SOL_SOCKET, flags[i].number, tried[k]) ? errno : 0;
      values[k] = option(fd, SOL_SOCKET, flags[i].number);
    }
    say("%s: %d; 1: %s %d; 0: %s %d; -1: %s %d", flags[i].name, at_first,
        results[0] ? errno_name(results[0]) : "ok", values[0], results[1] ? errno_name(results[1]) : "ok",
        values[1], results[2] ? errno_name(results[2]) : "ok", values[2]);
    close(fd);
  }
}

int main(void) {
  CHECK("getsockopt setsockopt", "TCP");
  all(AF_INET, SOCK_STREAM);
  CHECK("getsockopt setsockopt", "UDP");
  all(AF_INET, SOCK_DGRAM);
  CHECK("getsockopt setsockopt", "TCP of IPv6");
  all(AF_INET6, SOCK_STREAM);
  return 0;
}
