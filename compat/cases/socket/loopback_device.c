// tags: network
// The loopback device through the requests of netdevice(7).
#include "inet.h"

#include <net/if.h>

static void ask(int fd, const char *name, unsigned long request, const char *label) {
  struct ifreq r;
  memset(&r, 0, sizeof r);
  strcpy(r.ifr_name, name);
  if (ioctl(fd, request, &r) == -1) {
    say("%s %s: %s", label, name, errno_name(errno));
    return;
  }
  const unsigned char *b = (void *)&r.ifr_addr;
  say("%s %s: %02x%02x %02x%02x %u.%u.%u.%u", label, r.ifr_name, b[0], b[1], b[2], b[3], b[4], b[5], b[6],
      b[7]);
}

int main(void) {
  int fd = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  CHECK("ioctl(SIOCGIFCONF)", "the list of interfaces");
  struct ifconf list = {0};
  R(ioctl(fd, SIOCGIFCONF, &list));
  say("%d", list.ifc_len);
  struct ifreq all[4];
  list.ifc_len = sizeof all;
  list.ifc_req = all;
  R(ioctl(fd, SIOCGIFCONF, &list));
  say("%d %s %s", list.ifc_len, all[0].ifr_name,
      inet_ntoa(((struct sockaddr_in *)&all[0].ifr_addr)->sin_addr));
  list.ifc_len = 10;
  R(ioctl(fd, SIOCGIFCONF, &list));
  say("%d", list.ifc_len);
  CHECK("ioctl(SIOCGIFFLAGS)", "properties of the device");
  ask(fd, "lo", SIOCGIFFLAGS, "flags");
  ask(fd, "lo", SIOCGIFADDR, "address");
  ask(fd, "lo", SIOCGIFNETMASK, "mask");
  ask(fd, "lo", SIOCGIFBRDADDR, "broadcast");
  ask(fd, "lo", SIOCGIFDSTADDR, "destination");
  ask(fd, "lo", SIOCGIFHWADDR, "hardware");
  ask(fd, "lo", SIOCGIFMTU, "mtu");
  ask(fd, "lo", SIOCGIFMETRIC, "metric");
  ask(fd, "lo", SIOCGIFINDEX, "index");
  ask(fd, "lo", SIOCGIFTXQLEN, "queue");
  CHECK("ioctl(SIOCGIFFLAGS)", "a device that does not exist");
  ask(fd, "eth0", SIOCGIFFLAGS, "flags");
  ask(fd, "eth0", SIOCGIFADDR, "address");
  ask(fd, "", SIOCGIFINDEX, "index");
  R(ioctl(fd, SIOCGIFFLAGS, (void *)8));
  CHECK("ioctl(SIOCGIFNAME)", "a name by its index");
  struct ifreq r = {.ifr_ifindex = 1};
  R(ioctl(fd, SIOCGIFNAME, &r));
  say("%s", r.ifr_name);
  r.ifr_ifindex = 99;
  R(ioctl(fd, SIOCGIFNAME, &r));
  CHECK("ioctl", "if_nametoindex and if_indextoname");
  char name[IF_NAMESIZE];
  T(if_nametoindex("lo") == 1);
  T(if_nametoindex("nothing") == 0);
  T(if_indextoname(1, name) != NULL);
  CHECK("ioctl(SIOCGIFFLAGS)", "other kinds of sockets");
  ask(NEED(socket(AF_INET6, SOCK_STREAM, 0)), "lo", SIOCGIFFLAGS, "flags");
  ask(NEED(socket(AF_INET, SOCK_STREAM, 0)), "lo", SIOCGIFMTU, "mtu");
  ask(NEED(socket(AF_UNIX, SOCK_STREAM, 0)), "lo", SIOCGIFINDEX, "index");
  ask(NEED(socket(AF_UNIX, SOCK_DGRAM, 0)), "lo", SIOCGIFFLAGS, "flags");
  CHECK("ioctl(SIOCSIFFLAGS)", "not for everybody");
  NEED(setuid(12345));
  ask(fd, "lo", SIOCSIFFLAGS, "flags");
  ask(fd, "lo", SIOCSIFMTU, "mtu");
  return 0;
}
