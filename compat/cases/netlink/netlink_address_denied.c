// tags: network
// Without CAP_NET_ADMIN everything can be read and nothing changed.
#include "netlink.h"

int main(void) {
  NEED(setuid(12345));
  int fd = nl_open(NETLINK_ROUTE);
  struct ifinfomsg link = {.ifi_index = 1};
  struct rtmsg route = {.rtm_family = AF_INET};
  CHECK("sendto recvfrom", "reading");
  nl_begin(RTM_GETLINK, 0, &link, sizeof link);
  nl_try(fd, "link");
  struct ifaddrmsg body = {.ifa_family = AF_INET};
  nl_begin(RTM_GETADDR, NLM_F_DUMP, &body, sizeof body);
  say("addresses %d", nl_dump(fd, NULL));
  nl_begin(RTM_GETROUTE, NLM_F_DUMP, &route, sizeof route);
  say("routes %d", nl_dump(fd, NULL));
  CHECK("sendto recvfrom", "changing");
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.5", 32);
  nl_try(fd, "add");
  nl_address(RTM_DELADDR, 0, "127.0.0.1", 8);
  nl_try(fd, "delete");
  nl_begin(RTM_NEWLINK, NLM_F_ACK, &link, sizeof link);
  nl_try(fd, "link");
  nl_begin(RTM_NEWROUTE, NLM_F_CREATE, &route, sizeof route);
  nl_try(fd, "route");
  nl_begin(RTM_NEWRULE, NLM_F_CREATE, &route, sizeof route);
  nl_try(fd, "rule");
  CHECK("ioctl(SIOCSIFFLAGS) ioctl(SIOCSIFMTU)", "changing the old way");
  struct ifreq r = {.ifr_name = "lo"};
  int s = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  R(ioctl(s, SIOCSIFFLAGS, &r));
  R(ioctl(s, SIOCSIFMTU, &r));
  R(ioctl(s, SIOCSIFADDR, &r));
  say_bindable("127.0.0.1");
  return 0;
}
