// tags: network
// Changing the loopback device: up and down, MTU, and what is refused.
#include "netlink.h"

static void show(int fd) {
  struct ifinfomsg body = {.ifi_index = 1};
  nl_begin(RTM_GETLINK, 0, &body, sizeof body);
  NEED(nl_ask(fd));
  struct nlmsghdr *h = (void *)reply;
  struct ifinfomsg *i = NLMSG_DATA(h);
  say("flags %#x, mtu %u, queue %u, state %d", i->ifi_flags, nl_u32(h, sizeof *i, IFLA_MTU),
      nl_u32(h, sizeof *i, IFLA_TXQLEN), *(char *)RTA_DATA(nl_find(h, sizeof *i, IFLA_OPERSTATE)));
}

static void set(int fd, const char *label, int type, int flags, int change) {
  struct ifinfomsg body = {.ifi_index = 1, .ifi_flags = flags, .ifi_change = change};
  nl_begin(type, NLM_F_ACK, &body, sizeof body);
  nl_try(fd, label);
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  CHECK("sendto recvfrom", "MTU and length of the queue");
  struct ifinfomsg body = {.ifi_index = 1};
  int value = 1500;
  nl_begin(RTM_NEWLINK, NLM_F_ACK, &body, sizeof body);
  nl_attr(IFLA_MTU, &value, 4);
  nl_try(fd, "mtu");
  nl_begin(RTM_SETLINK, NLM_F_ACK, &body, sizeof body);
  value = 7;
  nl_attr(IFLA_TXQLEN, &value, 4);
  nl_try(fd, "queue");
  show(fd);
  CHECK("sendto recvfrom bind", "down and up");
  set(fd, "down", RTM_NEWLINK, 0, IFF_UP);
  say_bindable("127.0.0.1");
  say_bindable("::1");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof to;
  int s = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  NEED(bind(s, (void *)&to, sizeof to));
  NEED(getsockname(s, (void *)&to, &length));
  R(sendto(s, "lost", 4, 0, (void *)&to, sizeof to));
  R(recv(s, reply, sizeof reply, MSG_DONTWAIT));
  set(fd, "up", RTM_NEWLINK, IFF_UP, IFF_UP);
  show(fd);
  say_bindable("127.0.0.1");
  say_bindable("::1");
  R(sendto(s, "there", 5, 0, (void *)&to, sizeof to));
  R(recv(s, reply, sizeof reply, 0));
  CHECK("connect poll", "a connection waits until the device is on again");
  int listener = NEED(socket(AF_INET, SOCK_STREAM, 0)),
      client = NEED(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  NEED(bind(listener, (void *)&to, sizeof to));
  NEED(listen(listener, 1));
  set(fd, "down", RTM_NEWLINK, 0, IFF_UP);
  R(connect(client, (void *)&to, sizeof to));
  struct pollfd p = {.fd = client, .events = POLLOUT};
  R(poll(&p, 1, 30));
  set(fd, "up", RTM_NEWLINK, IFF_UP, IFF_UP);
  R(poll(&p, 1, 10000));
  say("%#x", p.revents);
  CHECK("sendto recvfrom", "devices that there are not");
  body = (struct ifinfomsg){.ifi_index = 99};
  nl_begin(RTM_NEWLINK, NLM_F_ACK, &body, sizeof body);
  nl_try(fd, "index 99");
  body.ifi_index = 0;
  nl_begin(RTM_SETLINK, NLM_F_ACK, &body, sizeof body);
  nl_attr(IFLA_IFNAME, "eth7", 5);
  nl_try(fd, "eth7");
  nl_begin(RTM_NEWLINK, NLM_F_ACK, &body, sizeof body);
  nl_try(fd, "no name");
  nl_begin(RTM_DELLINK, NLM_F_ACK, &body, sizeof body);
  nl_attr(IFLA_IFNAME, "eth7", 5);
  nl_try(fd, "deleting eth7");
  CHECK("sendto recvfrom", "the device itself stays");
  body.ifi_index = 1;
  nl_begin(RTM_DELLINK, NLM_F_ACK, &body, sizeof body);
  nl_try(fd, "deleting lo");
  return 0;
}
