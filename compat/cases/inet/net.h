/* What the cases about internet sockets share beyond the helpers of socket/inet.h. */
#ifndef NET_H
#define NET_H
#include "../socket/inet.h"

#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <net/if.h>

/* What was sent has arrived: nobody is told when a segment is on its way. */
static void UNUSED settle(void) {
  sleep_ms(10);
}

static int UNUSED udp4(const char *ip, int port) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  NEED(bind4(fd, ip, port));
  return fd;
}
static int UNUSED udp6(const char *ip, int port) {
  int fd = NEED(socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  NEED(bind6(fd, ip, port));
  return fd;
}
static int UNUSED tcp4(void) {
  return NEED(socket(AF_INET, SOCK_STREAM, 0));
}

/* The state of a connection by name. */
static const char UNUSED *tcp_state(int fd) {
  static const char *names[] = {"?",          "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
                                "FIN_WAIT1",  "FIN_WAIT2",   "TIME_WAIT", "CLOSE",
                                "CLOSE_WAIT", "LAST_ACK",    "LISTEN",    "CLOSING"};
  struct tcp_info info;
  socklen_t length = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == -1) return errno_name(errno);
  return info.tcpi_state < 12 ? names[info.tcpi_state] : "?";
}

/* recv without waiting, with the bytes as text. */
static void UNUSED say_recv(const char *label, int fd, int flags) {
  char data[300] = "";
  ssize_t got = recv(fd, data, sizeof data - 1, flags | MSG_DONTWAIT);
  if (got == -1)
    say("%s: %s", label, errno_name(errno));
  else
    say("%s: %zd \"%.*s\"", label, got, (int)got, data);
}

static int UNUSED count_ioctl(int fd, unsigned long request) {
  int value = -1;
  return ioctl(fd, request, &value) == -1 ? -errno : value;
}

/* recvmsg without waiting: bytes, flags, sender and ancillary data. */
static void UNUSED say_message(const char *label, int fd, int flags) {
  char data[300] = "", control[512];
  struct sockaddr_storage from = {0};
  struct iovec part = {data, sizeof data - 1};
  struct msghdr m = {&from, sizeof from, &part, 1, control, sizeof control, 0};
  ssize_t got = recvmsg(fd, &m, flags | MSG_DONTWAIT);
  if (got == -1) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  say("%s: %zd \"%.*s\" from %s, flags %#x", label, got, (int)got, data,
      m.msg_namelen ? address_text(&from) : "-", m.msg_flags);
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
    size_t length = c->cmsg_len - CMSG_LEN(0);
    if (c->cmsg_level == SOL_SOCKET) {
      say("  socket %d, %zu bytes", c->cmsg_type, length);
    } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
               (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
      struct sock_extended_err *e = (void *)CMSG_DATA(c);
      struct sockaddr_storage who = {0};
      memcpy(&who, SO_EE_OFFENDER(e), length - sizeof *e < sizeof who ? length - sizeof *e : sizeof who);
      say("  error %s origin %d type %d code %d info %u data %u offender %s, %zu bytes",
          errno_name(e->ee_errno), e->ee_origin, e->ee_type, e->ee_code, e->ee_info, e->ee_data,
          who.ss_family ? address_text(&who) : "-", length);
    } else {
      char hex[200] = "";
      for (size_t i = 0; i < length && i < 40; i++) sprintf(hex + 2 * i, "%02x", CMSG_DATA(c)[i]);
      say("  level %d type %d: %s", c->cmsg_level, c->cmsg_type, hex);
    }
  }
}
#endif
