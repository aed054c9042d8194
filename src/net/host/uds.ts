/** Unix sockets of the host that guests may reach through volumes, or make there (--host-uds). */

import { whileBinding } from '../../fs/hostfs/binding.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { HostUdsMode } from '../../platform/native.js';
import type { HostPlace } from '../../vfs/inode.js';
import { HostSocket } from './host-socket.js';
import type { HostNetwork } from './network.js';

const all = new WeakMap<Kernel, HostUds>();

/** What guests may do with unix sockets of the host; undefined: nothing. */
export function hostUds(kernel: Kernel): HostUds | undefined {
  return all.get(kernel);
}
export function setHostUds(kernel: Kernel, uds: HostUds): void {
  all.set(kernel, uds);
}

export class HostUds {
  /** Guests may connect to sockets that there are. */
  readonly opens: boolean;
  /** Names that guests give to sockets are names on the host too. */
  readonly creates: boolean;

  constructor(
    private readonly network: HostNetwork,
    mode: HostUdsMode,
  ) {
    this.opens = mode === 'open' || mode === 'all';
    this.creates = mode === 'create' || mode === 'all';
  }

  /**
   * connect(2) to what is at `place`. @param own a socket of the host to connect; without it one is made
   * @returns the socket, -ECONNREFUSED, -EPROTOTYPE, -EAGAIN for a full backlog, -ENFILE ...
   */
  connect(place: HostPlace, type: number, own?: HostSocket): HostSocket | number {
    const { network } = this;
    const r = own === undefined ? network.reserve() : 0;
    if (r < 0) return r;
    const fd = network.native.udsConnect(place.rootFd, place.path, type, own?.fd ?? -1);
    if (own !== undefined) return fd < 0 ? fd : own;
    if (fd < 0) network.unreserve();
    return fd < 0 ? fd : HostSocket.adoptUnix(network, fd, type);
  }

  /** Sends one datagram from a socket without a name. @returns bytes or -errno (-EAGAIN: the receiver's queue is full) */
  sendOnce(place: HostPlace, type: number, data: Uint8Array): number {
    const socket = this.connect(place, type);
    if (typeof socket === 'number') return socket;
    const n = this.network.native.sockSend(socket.fd, data, 0, data.length, 0, 0, 0);
    socket.close();
    return n;
  }

  /**
   * Runs `make`, which makes the name of a socket. If that name comes to be in a directory of the host's, a socket of the host of
   * this type is bound to it.
   * @returns what `make` gave, and the socket if there is one
   */
  bind(type: number, make: () => number): { made: number; socket: HostSocket | undefined } {
    const { network } = this;
    if (!this.creates) return { made: make(), socket: undefined };
    const room = network.reserve();
    if (room < 0) return { made: room, socket: undefined };
    const { made, fd } = whileBinding(type, make);
    if (fd < 0) {
      network.unreserve();
      return { made, socket: undefined };
    }
    const socket = HostSocket.adoptUnix(network, fd, type);
    if (made >= 0) return { made, socket };
    socket.close();
    return { made, socket: undefined };
  }
}
