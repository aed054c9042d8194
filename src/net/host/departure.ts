/** close(2) of a host socket with SO_LINGER: the host would keep the sentry waiting, so the sentry watches instead. */

import { FIONREAD, TIOCOUTQ } from '../../abi/ioctl.js';
import { SHUT_RDWR } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { HostSocket } from './host-socket.js';

/** How often the host is asked, ms. */
const INTERVAL = 10;

/** A socket that nobody has any more, and whose last bytes are not acknowledged yet. */
export class Departure {
  gone = false;
  private readonly until: number;

  /** @param ms how long at most @param ended told when the socket is closed */
  constructor(
    private readonly kernel: Kernel,
    private readonly host: HostSocket,
    ms: number,
    private readonly ended: () => void,
  ) {
    this.until = kernel.now() + ms;
    // What was not read is answered by a reset at once.
    if (host.intIoctl(FIONREAD) > 0 || host.shutdown(SHUT_RDWR) < 0) this.leave();
    else this.look();
  }

  private look(): void {
    const { kernel } = this;
    const now = kernel.now();
    if (now >= this.until || this.host.intIoctl(TIOCOUTQ) <= 0) this.leave();
    else kernel.timers.add(Math.min(this.until, now + INTERVAL), () => this.look());
  }
  private leave(): void {
    this.gone = true;
    this.host.close();
    this.ended();
  }
}
