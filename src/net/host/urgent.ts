/** Urgent bytes of host sockets: the host says that one is there again and again, and its receiver is told once (SIGURG). */

import { FIONREAD } from '../../abi/ioctl.js';
import { POLLPRI } from '../../abi/poll.js';
import { signalUrgent } from '../../kernel/sigio.js';
import type { HostInetSocket } from './socket.js';

export class UrgentBytes {
  /** How far away the mark was when it was last heard of: bytes, -1 without one. */
  private distance = -1;

  /** @param events POLL* bits of a change */
  changed(socket: HostInetSocket, events: number): void {
    if ((events & POLLPRI) === 0) {
      this.distance = -1;
      return;
    }
    // Reading brings the mark nearer; only another one can be farther away. Before a mark FIONREAD counts up to it.
    const distance = socket.host.intIoctl(FIONREAD);
    if (distance > this.distance) signalUrgent(socket);
    this.distance = distance;
  }
  /** The urgent byte was read. */
  read(): void {
    this.distance = -1;
  }
}
