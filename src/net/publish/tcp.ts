/** A published TCP port: connections to it are relayed to a guest's listening socket. */

import { EAGAIN, EMFILE, ENFILE, ENOBUFS, ENOMEM } from '../../abi/errno.js';
import { O_NONBLOCK } from '../../abi/fcntl.js';
import { POLLERR } from '../../abi/poll.js';
import { AF_INET, AF_INET6 } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import { putFile } from '../../vfs/fdtable.js';
import { peerOf } from '../host/addresses.js';
import type { HostSocket } from '../host/host-socket.js';
import type { HostNetwork } from '../host/network.js';
import { encodeInetAddress, LOOPBACK4, LOOPBACK6 } from '../inet/address.js';
import { TcpSocket } from '../inet/tcp.js';
import { callerIn } from './caller.js';
import { TcpRelay } from './relay.js';
import type { Runnable, Turns } from './turns.js';

/** Connections taken in one turn. */
const MOST_ACCEPTED = 32;
/** How long to wait when the sentry has no descriptor left, ms. */
const PAUSE = 100;
const EXHAUSTED: ReadonlySet<number> = new Set([-EMFILE, -ENFILE, -ENOBUFS, -ENOMEM]);

export class TcpPublisher implements Runnable {
  /**
   * @param listener listening already @param port the guest's
   */
  constructor(
    private readonly network: HostNetwork,
    private readonly listener: HostSocket,
    private readonly port: number,
    private readonly turns: Turns,
  ) {
    listener.watch(() => turns.add(this));
  }

  run(): void {
    for (let i = 0; i < MOST_ACCEPTED; i++) {
      const r = this.listener.accept();
      if (r === -EAGAIN) return;
      if (typeof r === 'number') {
        if (!EXHAUSTED.has(r)) continue; // one that was given up meanwhile
        const { kernel } = this.network;
        kernel.timers.add(kernel.now() + PAUSE, () => this.turns.add(this));
        return;
      }
      const peer = peerOf(r.peer, 'tcp');
      const inside = peer === undefined || this.network.policy.accept(peer) >= 0 ? this.call() : undefined;
      if (inside === undefined) r.socket.reset();
      else new TcpRelay(r.socket, inside, () => callerIn(this.network.kernel), this.turns);
    }
    this.turns.later(this);
  }

  /** A connection to whoever listens on the port. @returns undefined: nobody does */
  private call(): TcpSocket | undefined {
    return (
      connectInside(this.network.kernel, AF_INET, LOOPBACK4, this.port) ??
      connectInside(this.network.kernel, AF_INET6, LOOPBACK6, this.port)
    );
  }
}

function connectInside(kernel: Kernel, family: number, ip: string, port: number): TcpSocket | undefined {
  const socket = new TcpSocket(kernel, family, O_NONBLOCK);
  socket.refs++;
  socket.connect(callerIn(kernel), encodeInetAddress(family, { ip, port }));
  if ((socket.poll() & POLLERR) === 0) return socket;
  putFile(socket);
  return undefined;
}
