/** The host's network as the sentry uses it: which sockets it has there, and who is told when something happens to one. */

import { ENFILE } from '../../abi/errno.js';
import { NETLINK_ROUTE, NETLINK_SOCK_DIAG } from '../../abi/netlink.js';
import { AF_INET, SOCK_DGRAM } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import { type Native, SOCK_META, St } from '../../platform/native.js';
import { ALLOW_ALL, type NetworkPolicy } from './policy.js';

/** Hears of changes of a host socket. @param events POLL* bits that are set now */
export type ReadyListener = (events: number) => void;

/** Descriptors that sockets leave to the rest of the sentry: files of guests, and connections of others. */
const RESERVED = 512;

/** Who listens to which socket. */
const listenersOf = new WeakMap<Kernel, Map<number, ReadyListener>>();

function listenersIn(kernel: Kernel): Map<number, ReadyListener> {
  let listeners = listenersOf.get(kernel);
  if (listeners === undefined) listenersOf.set(kernel, (listeners = new Map()));
  return listeners;
}

/** The loop says that `count` sockets have changed (EVENT_HOST_SOCKETS). */
export function hostSocketsChanged(kernel: Kernel, count: number): void {
  const listeners = listenersIn(kernel);
  // Whoever is woken may make calls, but none of them goes back to the loop: the array stays as it is.
  const { socketEvents } = kernel.native;
  for (let i = 0; i < count; i++) {
    listeners.get(socketEvents[2 * i] as number)?.(socketEvents[2 * i + 1] as number);
  }
}

export class HostNetwork {
  private readonly listeners: Map<number, ReadyListener>;
  private open = 0;
  private readonly most: number;
  /** The staging area, and in it the words beside a message (platform/native.ts, SOCK_META). */
  readonly staging: Uint8Array;
  readonly meta: Int32Array;

  /**
   * @param policy what is asked before each contact with the outside
   * @param descriptors how many descriptors the sentry may have (RLIMIT_NOFILE)
   */
  constructor(
    readonly kernel: Kernel,
    readonly policy: NetworkPolicy = ALLOW_ALL,
    descriptors = Infinity,
  ) {
    this.most = Math.max(descriptors / 2, descriptors - RESERVED);
    this.listeners = listenersIn(kernel);
    this.staging = new Uint8Array(kernel.native.scratch);
    const text = kernel.native.hostProc(-1, 'sys/net/ipv4/ip_unprivileged_port_start');
    this.firstFreePort = typeof text === 'string' ? Number(text) : kernel.settings.unprivilegedPortStart;
    this.meta = new Int32Array(kernel.native.scratch, SOCK_META, 3);
  }

  get native(): Native {
    return this.kernel.native;
  }

  /** The first port that needs no privilege (net.ipv4.ip_unprivileged_port_start). */
  readonly firstFreePort: number;

  /** Sockets of guests, by host descriptor: the numbers of their inodes inside. */
  readonly guests = new Map<number, number>();
  /** Descriptors to ask about the network with; made when it is opened. */
  control = -1;
  route = -1;
  diag = -1;

  /** Opens what questions about the network need, while that is allowed. @returns 0 or -errno */
  openQuestions(): number {
    this.control = this.native.sockOpen(AF_INET, SOCK_DGRAM, 0);
    this.route = this.native.netlinkOpen(NETLINK_ROUTE);
    this.diag = this.native.netlinkOpen(NETLINK_SOCK_DIAG);
    return Math.min(this.control, this.route, this.diag, 0);
  }

  /** Inodes of guests' sockets by the numbers that they have on the host. */
  guestInodes(): ReadonlyMap<number, number> {
    const inodes = new Map<number, number>();
    for (const [fd, ino] of this.guests) {
      if (this.native.fstat(fd) === 0) inodes.set(this.native.statBuf[St.ino] ?? 0, ino);
    }
    return inodes;
  }

  /** Makes room for one more host socket. @returns 0 or -ENFILE */
  reserve(): number {
    if (this.open >= this.most) return -ENFILE;
    this.open++;
    return 0;
  }
  /** A socket that room was made for is gone, or never came about. */
  unreserve(): void {
    this.open--;
  }

  /** Has `listener` told of every change of the socket `fd`, until it is closed. The first time is at once if it is ready. */
  watch(fd: number, listener: ReadyListener): void {
    this.listeners.set(fd, listener);
    this.native.watchSocket(fd);
  }
  forget(fd: number): void {
    this.listeners.delete(fd);
  }
}

const networks = new WeakMap<Kernel, HostNetwork>();

/** The network that sockets of guests are made in, if it is the host's. */
export function hostNetwork(kernel: Kernel): HostNetwork | undefined {
  return networks.get(kernel);
}
export function setHostNetwork(kernel: Kernel, network: HostNetwork): void {
  networks.set(kernel, network);
}
