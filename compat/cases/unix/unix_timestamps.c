// Options about what comes beside a message: times, security labels, drop counts, priorities.
#include "unix.h"

#ifndef SO_RXQ_OVFL
#define SO_RXQ_OVFL 40
#endif
static void set(int s, const char *name, int option, int value) {
  int got = -77;
  socklen_t length = sizeof got;
  int r = setsockopt(s, SOL_SOCKET, option, &value, sizeof value);
  say("%s to %d: %s", name, value, r == 0 ? "ok" : errno_name(errno));
  r = getsockopt(s, SOL_SOCKET, option, &got, &length);
  say("%s is %d: %s", name, got, r == 0 ? "ok" : errno_name(errno));
}
#define SET(s, option, value) set(s, #option, option, value)
static void show(const char *label, int s) {
  char byte, control[256];
  struct iovec data = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  if (recvmsg(s, &message, MSG_DONTWAIT) < 0) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  say("%s: control %zu", label, message.msg_controllen);
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
    say("level %d type %d length %zu", c->cmsg_level, c->cmsg_type, c->cmsg_len);
    if (c->cmsg_type != SCM_TIMESTAMP && c->cmsg_type != SCM_TIMESTAMPNS) continue;
    /* Both begin with seconds of the clock. */
    int64_t seconds;
    memcpy(&seconds, CMSG_DATA(c), sizeof seconds);
    say("now: %d", llabs(seconds - time(NULL)) <= 2);
  }
}
int main(void) {
  static const struct {
    int type;
    const char *name;
  } kinds[] = {{SOCK_STREAM, "stream"}, {SOCK_DGRAM, "dgram"}, {SOCK_SEQPACKET, "seqpacket"}};
  for (int i = 0; i < 3; i++) {
    char title[64];
    int s[2];
    given_pair(kinds[i].type, s);
    snprintf(title, sizeof title, "times: %s", kinds[i].name);
    CHECK("setsockopt(SO_TIMESTAMP|SO_TIMESTAMPNS) recvmsg", title);
    NEED(write(s[0], "x", 1));
    SET(s[1], SO_TIMESTAMP, 1);
    NEED(write(s[0], "x", 1));
    show("before", s[1]);
    show("after", s[1]);
    SET(s[1], SO_TIMESTAMPNS, 1);
    NEED(write(s[0], "x", 1));
    show("nanoseconds", s[1]);
    SET(s[1], SO_TIMESTAMP, 0);
    NEED(write(s[0], "x", 1));
    show("off", s[1]);
    snprintf(title, sizeof title, "labels: %s", kinds[i].name);
    CHECK("setsockopt(SO_PASSSEC) recvmsg", title);
    SET(s[1], SO_PASSSEC, 1);
    NEED(write(s[0], "x", 1));
    show("labelled", s[1]);
    snprintf(title, sizeof title, "drops and others: %s", kinds[i].name);
    CHECK("setsockopt(SO_RXQ_OVFL) recvmsg", title);
    SET(s[1], SO_RXQ_OVFL, 1);
    NEED(write(s[0], "x", 1));
    show("drops", s[1]);
  }
  CHECK("setsockopt", "options of other families");
  int s[2];
  given_pair(SOCK_STREAM, s);
  SET(s[0], SO_REUSEPORT, 1);
  SET(s[0], SO_MARK, 5);
  SET(s[0], SO_INCOMING_CPU, 0);
  SET(s[0], SO_ZEROCOPY, 1);
  SET(s[0], SO_BUSY_POLL, 50);
  return 0;
}
