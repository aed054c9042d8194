/** The part of a guest's socket that is outside: a socket of the host, made when it is first needed, and whom it may talk to. */

import { ENETUNREACH } from '../../abi/errno.js';
import {
  IP_FREEBIND,
  IP_UNICAST_IF,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_FREEBIND,
  IPV6_UNICAST_IF,
} from '../../abi/inet.js';
import {
  SO_BINDTODEVICE,
  SO_BINDTOIFINDEX,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
} from '../../abi/socket.js';
import type { Task } from '../../kernel/task.js';
import type { Waiter } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import type { Peer } from '../host/policy.js';
import { HostInetSocket } from '../host/socket.js';
import type { SocketOptions } from '../options.js';
import type { Filter } from './filter.js';
import { Peers } from './peers.js';

/** Options that guests may have set before there is a host socket. */
const MAX_OPTIONS = 64;
/** Options about the host's devices, and of addresses that are not its own: no guest has a say in where packets come from. */
const REFUSED_OPTIONS: ReadonlySet<string> = new Set(
  [
    [SOL_SOCKET, SO_BINDTODEVICE],
    [SOL_SOCKET, SO_BINDTOIFINDEX],
    [IPPROTO_IP, IP_FREEBIND],
    [IPPROTO_IP, IP_UNICAST_IF],
    [IPPROTO_IPV6, IPV6_FREEBIND],
    [IPPROTO_IPV6, IPV6_UNICAST_IF],
  ].map(String),
);

/** Options by which a port can be had that somebody else has: at the host only where a rule opens the port to this sandbox. */
const SHARING: ReadonlySet<number> = new Set([SO_REUSEADDR, SO_REUSEPORT]);

/** The socket that it is part of. */
export interface Inner {
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  readonly flags: number;
  readonly options: SocketOptions;
  readonly queue: { wake(events: number): void };
  /** An option of SOL_SOCKET that is a number. */
  soNumber(name: number): number;
}

interface ChosenOption {
  readonly level: number;
  readonly name: number;
  readonly value: Uint8Array;
}

export class Outside extends Peers implements Waiter {
  private socket: HostInetSocket | undefined;
  private readonly chosen = new Map<string, ChosenOption>();

  constructor(
    private readonly inner: Inner,
    protocol: Peer['protocol'],
    filter: Filter,
  ) {
    super(protocol, filter);
  }

  /** The host socket if there is one, in the guest's mode (O_NONBLOCK). */
  get live(): HostInetSocket | undefined {
    const { socket } = this;
    if (socket !== undefined) socket.flags = this.inner.flags;
    return socket;
  }

  /** Makes the host socket, with the options that the guest has chosen so far. @returns -ENETUNREACH, -errno of socket(2) */
  open(task: Task): HostInetSocket | number {
    const { live, inner } = this;
    if (live !== undefined) return live;
    // Bound to the sandbox's device it has no way out.
    if (inner.soNumber(SO_BINDTOIFINDEX) !== 0) return -ENETUNREACH;
    const { family, type, protocol, flags, options } = inner;
    const owner = { policy: this, options };
    const made = HostInetSocket.make(task, this.filter.network, family, type, protocol, flags, owner);
    if (typeof made === 'number') return made;
    made.refs = 1;
    for (const option of this.chosen.values()) if (!isSharing(option)) apply(made, option);
    made.queue.add(this);
    this.socket = made;
    return made;
  }

  /** Makes the host socket, and gives it a name that rules allow. @returns -errno of socket(2) and bind(2) */
  openAt(task: Task, address: Uint8Array, port: number): HostInetSocket | number {
    const host = this.open(task);
    if (typeof host === 'number') return host;
    if (port !== 0) for (const option of this.chosen.values()) if (isSharing(option)) apply(host, option);
    this.naming = true;
    const r = host.bind(task, address);
    this.naming = false;
    if (r < 0) {
      this.close();
      return r;
    }
    this.ownPort = port;
    return host;
  }

  /** Gives the host socket up. */
  close(): void {
    const { socket } = this;
    if (socket === undefined) return;
    this.socket = undefined;
    socket.queue.remove(this);
    putFile(socket);
  }

  /** Whoever waits for the guest's socket waits for its part outside too. */
  wake(events: number): boolean {
    this.inner.queue.wake(events);
    return false;
  }

  /** May the host socket have this option? */
  knowsOption(level: number, name: number): boolean {
    return !REFUSED_OPTIONS.has(String([level, name]));
  }
  /** The guest sets an option of SOL_SOCKET. @returns undefined where there is no host socket to say something */
  setSocketOption(task: Task, name: number, value: Uint8Array): number | undefined {
    this.remember(SOL_SOCKET, name, value);
    if (!this.knowsOption(SOL_SOCKET, name) || SHARING.has(name)) return undefined;
    return this.live?.setSocketOption(task, name, value);
  }
  /** The guest has set an option: a host socket that is made later gets it too. */
  remember(level: number, name: number, value: Uint8Array): void {
    const key = String([level, name]);
    if (!this.knowsOption(level, name) || (this.chosen.size >= MAX_OPTIONS && !this.chosen.has(key))) return;
    this.chosen.set(key, { level, name, value: Uint8Array.from(value) });
  }
}

function isSharing({ level, name }: ChosenOption): boolean {
  return level === SOL_SOCKET && SHARING.has(name);
}

/** What the host refuses now it would have refused at the guest's call: the sandbox's own network has taken it. */
function apply(socket: HostInetSocket, { level, name, value }: ChosenOption): void {
  socket.host.setOption(level, name, value);
}
