/** Settings below /proc/sys that the kernel goes by and that root of the sandbox may change (proc_sys_fs(5)). */

import { EINVAL } from '../abi/errno.js';
import { MSGMAX, MSGMNB, MSGMNI, SEMMNI, SEMMNS, SEMMSL, SEMOPM, SHMMNI } from '../abi/ipc.js';

export class Settings {
  /** fs.pipe-max-size: most bytes of a pipe for those without CAP_SYS_RESOURCE. */
  pipeMaxSize = 1048576;
  /** fs.pipe-user-pages-soft, -hard: pages of all pipes of a user without privileges; 0: no limit. */
  pipeUserPagesSoft = 16384;
  pipeUserPagesHard = 0;
  /** fs.inotify: events that one instance queues, instances and watches of one user. */
  inotifyMaxQueued = 16384;
  inotifyMaxInstances = 128;
  inotifyMaxWatches = 65536;
  /** fs.lease-break-time: seconds that the holder of a lease has to give it up. */
  leaseBreakTime = 45;
  /** fs.leases-enable. */
  leasesEnable = 1;
  /** net.ipv4.ip_local_port_range: the ports that the kernel gives out. */
  localPortFirst = 32768;
  localPortLast = 60999;
  /** net.ipv4.ip_unprivileged_port_start: ports below are for those with CAP_NET_BIND_SERVICE. */
  unprivilegedPortStart = 1024;
  /** net.ipv4.ping_group_range: groups that may have ICMP sockets without CAP_NET_RAW. */
  pingGroupFirst = 1;
  pingGroupLast = 0;
  /** net.ipv4.tcp_fin_timeout: how long a closed connection waits for the other end, seconds. */
  tcpFinTimeout = 60;
  /** net.ipv4.tcp_max_tw_buckets: ended connections whose names are still taken. */
  tcpMaxTimeWaits = 16384;
  /** net.ipv4.tcp_keepalive_time, _intvl, _probes: what a connection asks after that set nothing else, seconds and times. */
  tcpKeepaliveTime = 7200;
  tcpKeepaliveInterval = 75;
  tcpKeepaliveProbes = 9;
  /** net.ipv4.tcp_syncookies: no queue of half-open connections ever overflows, so that it is only kept. */
  tcpSyncookies = 1;
  /**
   * net.ipv4.conf.*.forwarding (net.ipv4.ip_forward is that of all), and of ipv6. What comes in by the one device could only go
   * out by it again: there is nothing to forward.
   */
  forwardingAll = 0;
  forwardingDefault = 0;
  forwardingLo = 0;
  forwarding6All = 0;
  forwarding6Default = 0;
  forwarding6Lo = 0;
  /** net.core.somaxconn: most connections that a listener keeps for accept(2). */
  somaxconn = 4096;
  /** net.ipv6.bindv6only: the first value of IPV6_V6ONLY. */
  bindV6Only = 0;
}

/** Settings of System V and POSIX IPC, of which each namespace has its own. */
export class IpcSettings {
  /** kernel.msgmax, msgmnb, msgmni: bytes of a message and of a queue, and queues. */
  msgMax = MSGMAX;
  msgMnb = MSGMNB;
  msgMni = MSGMNI;
  /** kernel.sem: semaphores of an array and of all, operations of a call, arrays. */
  semMsl = SEMMSL;
  semMns = SEMMNS;
  semOpm = SEMOPM;
  semMni = SEMMNI;
  /** kernel.shmmni: segments of shared memory. */
  shmMni = SHMMNI;
  /** fs.mqueue: queues, and messages of a queue and their bytes, for those without CAP_SYS_RESOURCE and where nothing is asked. */
  mqQueuesMax = 256;
  mqMsgMax = 10;
  mqMsgsizeMax = 8192;
  mqMsgDefault = 10;
  mqMsgsizeDefault = 8192;
}

/**
 * Changes a setting from the text written to its file: one decimal number between `min` and `max`.
 * @returns 0 or -EINVAL
 */
export function changeSetting<Name extends string>(
  settings: Record<Name, number>,
  name: Name,
  text: string,
  min: number,
  max: number,
): number {
  const match = /^\s*(-?\d{1,20})\s*\0?$/.exec(text);
  if (match === null) return -EINVAL;
  const value = Number(match[1]);
  if (value < min || value > max) return -EINVAL;
  settings[name] = value;
  return 0;
}

/** fs.pipe-max-size as it is kept: whole pages, a power of two of them (pipe_dowork). */
export function roundPipeSize(bytes: number): number {
  let size = 4096;
  while (size < bytes) size *= 2;
  return size;
}
