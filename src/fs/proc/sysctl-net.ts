/** /proc/sys/net: what programs read of the network's settings (ip-sysctl), and the few that can be changed. */

import { EINVAL } from '../../abi/errno.js';
import type { Kernel } from '../../kernel/kernel.js';
import { changeSetting, type Settings } from '../../kernel/settings.js';
import { TextLeaf, type Tree } from '../pseudo.js';

/** A directory from lines of a name and a value. */
function table(text: string): Tree {
  const rows = text.trim().split('\n');
  return Object.fromEntries(
    rows.map((row) => {
      const [name, ...values] = row.trim().split(' ');
      return [name, `${values.join('\t')}\n`];
    }),
  );
}

const CORE = `
  optmem_max 131072
  rmem_default 212992
  rmem_max 212992
  somaxconn 4096
  tstamp_allow_data 1
  txrehash 1
  wmem_default 212992
  wmem_max 212992`;

const IPV4 = `
  icmp_echo_ignore_all 0
  icmp_echo_ignore_broadcasts 1
  icmp_msgs_burst 50
  icmp_msgs_per_sec 1000
  icmp_ratelimit 1000
  icmp_ratemask 6168
  igmp_max_memberships 20
  igmp_max_msf 10
  ip_default_ttl 64
  ip_dynaddr 0
  ip_early_demux 1
  ip_forward 0
  ip_local_port_range 32768 60999
  ip_local_reserved_ports
  ip_no_pmtu_disc 0
  ip_nonlocal_bind 0
  ip_unprivileged_port_start 1024
  ipfrag_high_thresh 4194304
  ipfrag_low_thresh 3145728
  ipfrag_time 30
  ping_group_range 1 0
  tcp_abort_on_overflow 0
  tcp_adv_win_scale 1
  tcp_allowed_congestion_control reno cubic
  tcp_app_win 31
  tcp_autocorking 1
  tcp_available_congestion_control reno cubic
  tcp_base_mss 1024
  tcp_congestion_control cubic
  tcp_dsack 1
  tcp_early_retrans 3
  tcp_ecn 2
  tcp_ecn_fallback 1
  tcp_fack 0
  tcp_fastopen 0
  tcp_fin_timeout 60
  tcp_frto 2
  tcp_keepalive_intvl 75
  tcp_keepalive_probes 9
  tcp_keepalive_time 7200
  tcp_max_orphans 65536
  tcp_max_reordering 300
  tcp_max_syn_backlog 512
  tcp_max_tw_buckets 65536
  tcp_min_snd_mss 48
  tcp_moderate_rcvbuf 1
  tcp_mtu_probing 0
  tcp_no_metrics_save 0
  tcp_notsent_lowat 4294967295
  tcp_orphan_retries 0
  tcp_recovery 1
  tcp_reordering 3
  tcp_retrans_collapse 1
  tcp_retries1 3
  tcp_retries2 15
  tcp_rfc1337 0
  tcp_rmem 4096 131072 6291456
  tcp_sack 1
  tcp_slow_start_after_idle 1
  tcp_stdurg 0
  tcp_syn_retries 6
  tcp_synack_retries 5
  tcp_syncookies 1
  tcp_timestamps 1
  tcp_tw_reuse 2
  tcp_window_scaling 1
  tcp_wmem 4096 16384 4194304
  udp_rmem_min 4096
  udp_wmem_min 4096`;

const IPV6 = `
  auto_flowlabels 1
  bindv6only 0
  ip6frag_high_thresh 4194304
  ip6frag_low_thresh 3145728
  ip6frag_time 60
  ip_nonlocal_bind 0`;

/** Of one device, of all, and of devices to come; the last two may differ from the device's. */
const CONF4 = `
  accept_local 0
  accept_redirects 1
  arp_accept 0
  arp_announce 0
  arp_filter 0
  arp_ignore 0
  arp_notify 0
  bootp_relay 0
  forwarding 0
  log_martians 0
  mc_forwarding 0
  promote_secondaries 0
  proxy_arp 0
  route_localnet 0
  rp_filter 0
  secure_redirects 1
  send_redirects 1
  shared_media 1
  src_valid_mark 0`;
const CONF6 = `
  accept_ra 1
  accept_redirects 1
  accept_source_route 0
  addr_gen_mode 0
  autoconf 1
  dad_transmits 1
  disable_ipv6 0
  forwarding 0
  hop_limit 64
  max_addresses 16
  mc_forwarding 0
  proxy_ndp 0`;

const conf4 = table(CONF4);
const conf6 = table(CONF6);

/** Most names of ended connections: they are the sentry's memory. */
const MAX_TIME_WAITS = 65536;
const MAX_PORT = 65535;
const MIN_INT = -(2 ** 31);
const MAX_INT = 2 ** 31 - 1;
const MAX_BYTE = 255;
const MAX_GID = 2 ** 32 - 2;

type Name = keyof Settings;

/** One number between `min` and `max`. @param fits says whether the new value goes with the other settings */
function number(
  { settings }: Kernel,
  name: Name,
  min: number,
  max: number,
  fits: () => boolean = () => true,
): TextLeaf {
  return new TextLeaf(0o644, {
    read: () => `${settings[name]}\n`,
    set(text) {
      const before = settings[name];
      const err = changeSetting(settings, name, text, min, max);
      if (err < 0 || fits()) return err;
      settings[name] = before;
      return -EINVAL;
    },
  });
}

/** Two numbers, the first and the last of a range. @param change takes them @returns 0 or -EINVAL */
function range(
  { settings }: Kernel,
  first: Name,
  last: Name,
  change: (low: number, high: number) => number,
): TextLeaf {
  return new TextLeaf(0o644, {
    read: () => `${settings[first]}\t${settings[last]}\n`,
    set(text) {
      const match = /^\s*(\d{1,10})\s+(\d{1,10})\s*\0?$/.exec(text);
      return match === null ? -EINVAL : change(Number(match[1]), Number(match[2]));
    },
  });
}

/** Any number; those of `others` become the same. */
function forAll({ settings }: Kernel, name: Name, others: readonly Name[]): TextLeaf {
  return new TextLeaf(0o644, {
    read: () => `${settings[name]}\n`,
    set(text) {
      const err = changeSetting(settings, name, text, MIN_INT, MAX_INT);
      if (err >= 0) for (const other of others) settings[other] = settings[name];
      return err;
    },
  });
}

/** The changeable part of `conf` of one protocol: for all devices, those to come, and the one that there is. */
function conf(kernel: Kernel, all: Name, next: Name, lo: Name): { all: Tree; default: Tree; lo: Tree } {
  return {
    all: { forwarding: forAll(kernel, all, [next, lo]) },
    default: { forwarding: number(kernel, next, MIN_INT, MAX_INT) },
    lo: { forwarding: number(kernel, lo, MIN_INT, MAX_INT) },
  };
}

function changeable(kernel: Kernel): { core: Tree; ipv4: Tree; ipv6: Tree } {
  const { settings } = kernel;
  return {
    core: { somaxconn: number(kernel, 'somaxconn', 0, MAX_PORT) },
    ipv4: {
      ip_forward: forAll(kernel, 'forwardingAll', ['forwardingDefault', 'forwardingLo']),
      ip_local_port_range: range(kernel, 'localPortFirst', 'localPortLast', (low, high) => {
        if (low < 1 || high > MAX_PORT || high < low || low < settings.unprivilegedPortStart) return -EINVAL;
        settings.localPortFirst = low;
        settings.localPortLast = high;
        return 0;
      }),
      ip_unprivileged_port_start: number(
        kernel,
        'unprivilegedPortStart',
        0,
        MAX_PORT,
        () => settings.unprivilegedPortStart <= settings.localPortFirst,
      ),
      // A range that is none lets nobody in.
      ping_group_range: range(kernel, 'pingGroupFirst', 'pingGroupLast', (low, high) => {
        if (low > MAX_GID || high > MAX_GID) return -EINVAL;
        settings.pingGroupFirst = low <= high ? low : 1;
        settings.pingGroupLast = low <= high ? high : 0;
        return 0;
      }),
      tcp_fin_timeout: number(kernel, 'tcpFinTimeout', 0, MAX_INT),
      tcp_keepalive_intvl: number(kernel, 'tcpKeepaliveInterval', 0, MAX_INT),
      tcp_keepalive_probes: number(kernel, 'tcpKeepaliveProbes', 0, MAX_BYTE),
      tcp_keepalive_time: number(kernel, 'tcpKeepaliveTime', 0, MAX_INT),
      tcp_syncookies: number(kernel, 'tcpSyncookies', 0, MAX_BYTE),
      tcp_max_tw_buckets: number(kernel, 'tcpMaxTimeWaits', 0, MAX_TIME_WAITS),
    },
    ipv6: { bindv6only: number(kernel, 'bindV6Only', 0, 1) },
  };
}

export function netSysctls(kernel: Kernel): Tree {
  const own = changeable(kernel);
  const own4 = conf(kernel, 'forwardingAll', 'forwardingDefault', 'forwardingLo');
  const own6 = conf(kernel, 'forwarding6All', 'forwarding6Default', 'forwarding6Lo');
  return {
    core: { ...table(CORE), ...own.core },
    ipv4: {
      ...table(IPV4),
      ...own.ipv4,
      conf: {
        all: {
          ...conf4,
          accept_source_route: '0\n',
          disable_policy: '0\n',
          disable_xfrm: '0\n',
          ...own4.all,
        },
        default: {
          ...conf4,
          accept_source_route: '1\n',
          disable_policy: '0\n',
          disable_xfrm: '0\n',
          ...own4.default,
        },
        lo: { ...conf4, accept_source_route: '1\n', disable_policy: '1\n', disable_xfrm: '1\n', ...own4.lo },
      },
    },
    ipv6: {
      ...table(IPV6),
      ...own.ipv6,
      conf: {
        all: { ...conf6, accept_dad: '0\n', mtu: '1280\n', use_tempaddr: '0\n', ...own6.all },
        default: { ...conf6, accept_dad: '1\n', mtu: '1280\n', use_tempaddr: '0\n', ...own6.default },
        lo: { ...conf6, accept_dad: '-1\n', mtu: '65536\n', use_tempaddr: '-1\n', ...own6.lo },
      },
    },
    unix: { max_dgram_qlen: '10\n' },
  };
}
