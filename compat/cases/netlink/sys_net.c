// tags: network
// Settings of the network in /proc/sys/net that programs read.
#include "diag.h"

int main(void) {
  static const char *names[] = {"core/rmem_default",
                                "core/wmem_default",
                                "core/somaxconn",
                                "core/optmem_max",
                                "ipv4/ip_forward",
                                "ipv4/ip_default_ttl",
                                "ipv4/ip_local_port_range",
                                "ipv4/ip_unprivileged_port_start",
                                "ipv4/ip_nonlocal_bind",
                                "ipv4/ping_group_range",
                                "ipv4/tcp_fin_timeout",
                                "ipv4/tcp_keepalive_time",
                                "ipv4/tcp_keepalive_intvl",
                                "ipv4/tcp_keepalive_probes",
                                "ipv4/tcp_syn_retries",
                                "ipv4/tcp_synack_retries",
                                "ipv4/tcp_timestamps",
                                "ipv4/tcp_sack",
                                "ipv4/tcp_window_scaling",
                                "ipv4/tcp_ecn",
                                "ipv4/tcp_retries2",
                                "ipv4/tcp_tw_reuse",
                                "ipv4/tcp_wmem",
                                "ipv4/udp_rmem_min",
                                "ipv4/igmp_max_memberships",
                                "ipv4/conf/lo/rp_filter",
                                "ipv4/conf/all/forwarding",
                                "ipv4/conf/default/accept_redirects",
                                "ipv4/conf/lo/disable_policy",
                                "ipv6/bindv6only",
                                "ipv6/conf/lo/disable_ipv6",
                                "ipv6/conf/all/disable_ipv6",
                                "ipv6/conf/lo/mtu",
                                "ipv6/conf/lo/hop_limit",
                                "ipv6/conf/all/forwarding",
                                "ipv6/conf/lo/accept_dad",
                                "ipv6/ip_nonlocal_bind"};
  CHECK("openat read", "values");
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[128], text[128];
    snprintf(path, sizeof path, "/proc/sys/net/%s", names[i]);
    snprintf(text, sizeof text, "%.100s", get(path));
    text[strcspn(text, "\n")] = 0;
    say("%s: %s", names[i], text);
  }
  CHECK("openat", "names that are not there");
  R(open("/proc/sys/net/ipv4/nothing", O_RDONLY));
  R(open("/proc/sys/net/ipv4/conf/eth0/rp_filter", O_RDONLY));
  return 0;
}
