// tags: network
// Times of arrival: SO_TIMESTAMP and its kin, and SIOCGSTAMP.
#include "net.h"

#include <linux/net_tstamp.h>

/* Is a time that came with a message that of now? */
static void look(int fd) {
  char data[100], control[256];
  struct iovec part = {data, sizeof data};
  struct msghdr m = {NULL, 0, &part, 1, control, sizeof control, 0};
  ssize_t got = recvmsg(fd, &m, MSG_DONTWAIT);
  say("%zd bytes, flags %#x", got, m.msg_flags);
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    long t[2];
    memcpy(t, CMSG_DATA(c), sizeof t);
    say("level %d type %d, %zu bytes, now: %s", c->cmsg_level, c->cmsg_type, c->cmsg_len - CMSG_LEN(0),
        labs(t[0] - time(NULL)) <= 2 ? "yes" : "no");
  }
}

int main(void) {
  int a = udp4("127.0.0.1", 7150), b = udp4("127.0.0.1", 7151);
  CHECK("setsockopt(SO_TIMESTAMP) recvmsg", "each kind");
  int kinds[] = {SO_TIMESTAMP, SO_TIMESTAMPNS, 63, 64};
  for (int i = 0; i < 4; i++) {
    OK(set_option(b, SOL_SOCKET, kinds[i], 1));
    say("%d %d %d %d", option(b, SOL_SOCKET, kinds[0]), option(b, SOL_SOCKET, kinds[1]),
        option(b, SOL_SOCKET, kinds[2]), option(b, SOL_SOCKET, kinds[3]));
    NEED(send4(a, "x", "127.0.0.1", 7151));
    look(b);
    OK(set_option(b, SOL_SOCKET, kinds[i], 0));
  }
  NEED(send4(a, "x", "127.0.0.1", 7151));
  look(b);
  CHECK("setsockopt(SO_TIMESTAMPING) recvmsg", "software receive times");
  OK(set_option(b, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE));
  R(option(b, SOL_SOCKET, SO_TIMESTAMPING));
  sleep_ms(50);
  NEED(send4(a, "x", "127.0.0.1", 7151));
  look(b);
  R(set_option(b, SOL_SOCKET, SO_TIMESTAMPING, 1 << 30));
  OK(set_option(b, SOL_SOCKET, SO_TIMESTAMPING, 0));
  CHECK("setsockopt(SO_TIMESTAMP) recvmsg", "of a stream");
  struct connection c = connection4(7152);
  OK(set_option(c.server, SOL_SOCKET, SO_TIMESTAMP, 1));
  NEED(send(c.client, "abc", 3, 0));
  settle();
  look(c.server);
  CHECK("ioctl(SIOCGSTAMP)", "of the last message");
  int d = udp4("127.0.0.1", 7153);
  struct timeval t;
  R(ioctl(d, SIOCGSTAMP, &t));
  NEED(send4(a, "x", "127.0.0.1", 7153));
  char data[10];
  NEED(recv(d, data, 10, 0));
  OK(ioctl(d, SIOCGSTAMP, &t));
  T(labs(t.tv_sec - time(NULL)) <= 2);
  struct timespec n;
  OK(ioctl(d, SIOCGSTAMPNS, &n));
  T(labs(n.tv_sec - time(NULL)) <= 2);
  R(ioctl(c.server, SIOCGSTAMP, &t));
  return 0;
}
