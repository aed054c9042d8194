// tags: network
// The tables of /proc/net: which there are, and what they begin with.
#include "diag.h"

int main(void) {
  static const char *tables[] = {"tcp",       "tcp6",          "udp",      "udp6", "raw",       "raw6",
                                 "icmp",      "icmp6",         "udplite",  "unix", "netlink",   "packet",
                                 "arp",       "route",         "rt_cache", "dev",  "protocols", "mcfilter",
                                 "mcfilter6", "ip6_flowlabel", "igmp"};
  CHECK("read", "headers");
  for (unsigned i = 0; i < sizeof tables / sizeof *tables; i++) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/net/%s", tables[i]);
    snprintf(text, sizeof text, "%.500s", get(path));
    text[strcspn(text, "\n")] = 0;
    /* Newer kernels have no columns for operations that nobody has any more. */
    if (!strcmp(tables[i], "protocols")) text[60] = 0;
    say("%s: %s|", tables[i], text);
  }
  CHECK("openat", "files that are there");
  static const char *others[] = {"anycast6",   "dev_mcast", "dev_snmp6/lo", "fib_trie",     "if_inet6",
                                 "ipv6_route", "netstat",   "psched",       "ptype",        "snmp",
                                 "snmp6",      "sockstat",  "sockstat6",    "softnet_stat", "stat/rt_cache"};
  for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
    char path[64];
    struct stat s;
    snprintf(path, sizeof path, "/proc/net/%s", others[i]);
    say("%s: %s", others[i],
        stat(path, &s)       ? errno_name(errno)
        : S_ISREG(s.st_mode) ? "a file"
                             : "something else");
  }
  CHECK("openat write", "nothing can be written");
  int fd = open("/proc/net/tcp", O_WRONLY);
  say("%s", fd < 0 ? errno_name(errno) : "opened");
  R(access("/proc/net/tcp", R_OK));
  R(mkdir("/proc/net/x", 0777));
  CHECK("readlink stat", "/proc/net is that of the process");
  char target[64] = "";
  NEED(readlink("/proc/net", target, sizeof target - 1));
  say("%s", target);
  struct stat a, b;
  NEED(stat("/proc/net/stat", &a));
  NEED(stat("/proc/self/net/stat", &b));
  T(S_ISDIR(a.st_mode) && S_ISDIR(b.st_mode));
  return 0;
}
