// tags: network
// ICMP sockets of SOCK_DGRAM: echo requests, and the answers to them.
#include "net.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

static int icmp(void) {
  return socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_ICMP);
}
static ssize_t ping(int fd, int type, int code, int sequence, const char *ip) {
  struct {
    struct icmphdr header;
    char text[5];
  } message = {{.type = type, .code = code, .un.echo = {.id = 0x1234, .sequence = htons(sequence)}}, "hello"};
  struct sockaddr_in to = at4(ip, 99);
  return sendto(fd, &message, 13, 0, (void *)&to, sizeof to);
}
static void answer(const char *label, int fd) {
  struct {
    struct icmphdr header;
    char text[50];
  } message = {0};
  struct sockaddr_in from, own;
  socklen_t length = sizeof from, own_length = sizeof own;
  ssize_t got = recvfrom(fd, &message, sizeof message, 0, (void *)&from, &length);
  if (got < 0) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  getsockname(fd, (void *)&own, &own_length);
  say("%s: %zd, type %d code %d sequence %d id is the port: %s, \"%s\" from %s:%d", label, got,
      message.header.type, message.header.code, ntohs(message.header.un.echo.sequence),
      message.header.un.echo.id == own.sin_port ? "yes" : "no", message.text, inet_ntoa(from.sin_addr),
      ntohs(from.sin_port));
}

int main(void) {
  CHECK("socket(IPPROTO_ICMP)", "who may: not even root at first");
  say("range: %s", strtok((char *)get("/proc/sys/net/ipv4/ping_group_range"), "\n"));
  R(icmp());
  R(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
  put("/proc/sys/net/ipv4/ping_group_range", "0 100\n");
  say("range: %s", strtok((char *)get("/proc/sys/net/ipv4/ping_group_range"), "\n"));
  OK(icmp());
  reap("another group", CHILD({
         NEED(setgroups(0, NULL));
         NEED(setgid(500));
         R(icmp());
       }));
  R(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMPV6));
  R(socket(AF_INET, SOCK_STREAM, IPPROTO_ICMP));
  CHECK("sendto recvfrom", "an echo");
  int fd = NEED(icmp());
  R(ping(fd, ICMP_ECHO, 0, 1, "127.0.0.1"));
  settle();
  say_poll("answered", fd);
  answer("answer", fd);
  answer("answer", fd);
  R(ping(fd, ICMP_ECHO, 0, 2, "127.0.0.9"));
  settle();
  answer("answer", fd);
  CHECK("sendto", "what else may not be sent");
  R(ping(fd, ICMP_ECHOREPLY, 0, 1, "127.0.0.1"));
  R(ping(fd, ICMP_ECHO, 1, 1, "127.0.0.1"));
  R(ping(fd, ICMP_TIMESTAMP, 0, 1, "127.0.0.1"));
  struct sockaddr_in to = at4("127.0.0.1", 0);
  R(sendto(fd, "short", 5, 0, (void *)&to, sizeof to));
  R(send(fd, "\10\0\0\0\0\0\0\0", 8, 0));
  R(ping(fd, ICMP_ECHO, 0, 1, "192.0.2.1"));
  CHECK("bind connect", "the port is the identifier");
  int b = NEED(icmp());
  R(bind4(b, "127.0.0.1", 77));
  say_names("bound", b);
  R(bind4(b, "127.0.0.1", 78));
  int c = NEED(icmp());
  R(bind4(c, "127.0.0.1", 77));
  R(connect4(c, "127.0.0.1", 5));
  say_names("connected", c);
  R(send(c, "\10\0\0\0\0\0\0\1", 8, 0));
  settle();
  answer("answer", c);
  CHECK("recvmsg(IP_PKTINFO|IP_RECVTTL)", "what comes with an answer");
  NEED(set_option(fd, IPPROTO_IP, IP_PKTINFO, 1));
  NEED(set_option(fd, IPPROTO_IP, IP_RECVTTL, 1));
  R(ping(fd, ICMP_ECHO, 0, 3, "127.0.0.1"));
  settle();
  char data[100], control[200] = "";
  struct iovec part = {data, sizeof data};
  struct msghdr m = {NULL, 0, &part, 1, control, sizeof control, 0};
  R(recvmsg(fd, &m, 0));
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h))
    say("level %d type %d", h->cmsg_level, h->cmsg_type);
  CHECK("socket(IPPROTO_ICMPV6) sendto recvfrom", "IPv6");
  int s = NEED(socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_ICMPV6));
  struct sockaddr_in6 to6 = at6("::1", 0);
  struct icmp6_hdr request = {.icmp6_type = ICMP6_ECHO_REQUEST}, reply = {0};
  request.icmp6_seq = htons(9);
  R(sendto(s, &request, sizeof request, 0, (void *)&to6, sizeof to6));
  settle();
  R(recv(s, &reply, sizeof reply, 0));
  say("type %d sequence %d", reply.icmp6_type, ntohs(reply.icmp6_seq));
  request.icmp6_type = ICMP6_ECHO_REPLY;
  R(sendto(s, &request, sizeof request, 0, (void *)&to6, sizeof to6));
  R(listen(fd, 1));
  return 0;
}
