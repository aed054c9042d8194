// tags: network
// Changing the device through ioctl(2), and lists of several addresses.
#include "diag.h"

static void list(int s) {
  struct ifreq all[8];
  struct ifconf c = {.ifc_len = sizeof all, .ifc_req = all};
  NEED(ioctl(s, SIOCGIFCONF, &c));
  for (unsigned i = 0; i < c.ifc_len / sizeof *all; i++)
    say("%s %s", all[i].ifr_name, inet_ntoa(((struct sockaddr_in *)&all[i].ifr_addr)->sin_addr));
}

int main(void) {
  int s = NEED(socket(AF_INET, SOCK_DGRAM, 0)), fd = nl_open(NETLINK_ROUTE);
  struct ifreq r = {.ifr_name = "lo"};
  CHECK("ioctl(SIOCGIFCONF)", "several addresses");
  list(s);
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.1", 24);
  nl_attr(IFA_LABEL, "lo:one", 7);
  nl_try(fd, "add");
  nl_address(RTM_NEWADDR, NLM_F_CREATE, "192.0.2.2", 24);
  nl_try(fd, "add");
  list(s);
  struct ifconf none = {0};
  NEED(ioctl(s, SIOCGIFCONF, &none));
  say("%d", none.ifc_len / (int)sizeof r);
  CHECK("ioctl(SIOCGIFADDR) ioctl(SIOCGIFNETMASK)", "of an alias");
  strcpy(r.ifr_name, "lo:one");
  R(ioctl(s, SIOCGIFADDR, &r));
  say("%s", inet_ntoa(((struct sockaddr_in *)&r.ifr_addr)->sin_addr));
  R(ioctl(s, SIOCGIFNETMASK, &r));
  say("%s", inet_ntoa(((struct sockaddr_in *)&r.ifr_addr)->sin_addr));
  strcpy(r.ifr_name, "lo:two");
  R(ioctl(s, SIOCGIFADDR, &r));
  R(ioctl(s, SIOCGIFFLAGS, &r));
  CHECK("ioctl(SIOCSIFMTU)", "another MTU");
  r = (struct ifreq){.ifr_name = "lo", .ifr_mtu = 1400};
  R(ioctl(s, SIOCSIFMTU, &r));
  r.ifr_mtu = 0;
  R(ioctl(s, SIOCGIFMTU, &r));
  say("%d", r.ifr_mtu);
  r.ifr_mtu = -5;
  R(ioctl(s, SIOCSIFMTU, &r));
  CHECK("ioctl(SIOCSIFTXQLEN)", "another length of the queue");
  r.ifr_qlen = 77;
  R(ioctl(s, SIOCSIFTXQLEN, &r));
  r.ifr_qlen = 0;
  R(ioctl(s, SIOCGIFTXQLEN, &r));
  say("%d", r.ifr_qlen);
  CHECK("ioctl(SIOCSIFFLAGS)", "off and on");
  R(ioctl(s, SIOCGIFFLAGS, &r));
  say("%#x", r.ifr_flags);
  r.ifr_flags &= ~IFF_UP;
  R(ioctl(s, SIOCSIFFLAGS, &r));
  R(ioctl(s, SIOCGIFFLAGS, &r));
  say("%#x", r.ifr_flags);
  r.ifr_flags |= IFF_UP;
  R(ioctl(s, SIOCSIFFLAGS, &r));
  R(ioctl(s, SIOCGIFFLAGS, &r));
  say("%#x", r.ifr_flags);
  CHECK("ioctl(SIOCSIFFLAGS)", "a device that is not there");
  strcpy(r.ifr_name, "eth3");
  R(ioctl(s, SIOCSIFFLAGS, &r));
  R(ioctl(s, SIOCSIFMTU, &r));
  return 0;
}
