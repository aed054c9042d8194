// tags: network
// Options of level TCP: first values, and what they may be set to.
#include "net.h"

struct name {
  const char *name;
  int number;
};
#define O(name) \
  {             \
#name, name \
  }
static const struct name names[] = {
    O(TCP_NODELAY),
    O(TCP_CORK),
    O(TCP_KEEPIDLE),
    O(TCP_KEEPINTVL),
    O(TCP_KEEPCNT),
    O(TCP_SYNCNT),
    O(TCP_LINGER2),
    O(TCP_DEFER_ACCEPT),
    O(TCP_QUICKACK),
    O(TCP_USER_TIMEOUT),
    O(TCP_NOTSENT_LOWAT),
    O(TCP_INQ),
    O(TCP_THIN_LINEAR_TIMEOUTS),
    O(TCP_THIN_DUPACK),
    O(TCP_MAXSEG),
};

int main(void) {
  CHECK("getsockopt setsockopt(TCP_NODELAY)", "each");
  int tried[] = {0, 1, 5, 127, 128, 40000, -1, -2};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    int fd = tcp4();
    char line[400];
    int used = sprintf(line, "%s: %d;", names[i].name, option(fd, IPPROTO_TCP, names[i].number));
    for (int k = 0; k < 8; k++) {
      int r = set_option(fd, IPPROTO_TCP, names[i].number, tried[k]), error = errno;
      used += sprintf(line + used, " %d %s %d;", tried[k], r ? errno_name(error) : "ok",
                      option(fd, IPPROTO_TCP, names[i].number));
    }
    say("%s", line);
    close(fd);
  }
  CHECK("getsockopt setsockopt(TCP_CONGESTION)", "names");
  char name[40] = "";
  socklen_t length = sizeof name;
  int fd = tcp4();
  R(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &length));
  say("%d", (int)length);
  R(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "", 0));
  R(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "ren", 3));
  R(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno\0junk", 9));
  length = 3;
  R(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &length));
  say("%d %.3s", (int)length, name);
  CHECK("getsockopt setsockopt(TCP_MAXSEG)", "before and after the connection");
  int l = listen4(7400, 5);
  NEED(set_option(fd, IPPROTO_TCP, TCP_MAXSEG, 2000));
  R(option(fd, IPPROTO_TCP, TCP_MAXSEG));
  NEED(connect4(fd, "127.0.0.1", 7400));
  int s = NEED(accept(l, NULL, NULL));
  R(option(fd, IPPROTO_TCP, TCP_MAXSEG));
  R(option(s, IPPROTO_TCP, TCP_MAXSEG));
  CHECK("getsockopt(TCP_INFO)", "of a connection");
  struct tcp_info info;
  length = sizeof info;
  R(send(fd, "hello", 5, 0));
  settle();
  R(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length));
  say("state %d, unacked %u, mss %u, lost %u, retransmits %u, pmtu %u", info.tcpi_state, info.tcpi_unacked,
      info.tcpi_snd_mss, info.tcpi_lost, info.tcpi_total_retrans, info.tcpi_pmtu);
  say("%d %d %d %d", info.tcpi_options & TCPI_OPT_TIMESTAMPS, info.tcpi_options & TCPI_OPT_SACK,
      info.tcpi_options & TCPI_OPT_WSCALE, info.tcpi_ca_state);
  CHECK("setsockopt(TCP_NODELAY)", "on a datagram socket");
  R(set_option(udp4("127.0.0.1", 7401), IPPROTO_TCP, TCP_NODELAY, 1));
  return 0;
}
