/** SOL_SOCKET options that every family shares (socket(7)). */

/** net.core.wmem_default and rmem_default; the maxima are the same. */
const DEFAULT_BUFFER = 212992;
const MIN_SNDBUF = 4608;
const MIN_RCVBUF = 2304;

export class SocketOptions {
  sndbuf = DEFAULT_BUFFER;
  rcvbuf = DEFAULT_BUFFER;
  /** Timeouts in ms; 0: none. */
  rcvTimeout = 0;
  sndTimeout = 0;
  passCred = false;
  lingerOn = 0;
  lingerTime = 0;
  rcvLowat = 1;
  /** SO_REUSEADDR, SO_KEEPALIVE and the like: kept and given back; they change nothing for local sockets. */
  readonly flags = new Map<number, number>();

  /** SO_SNDBUF: the kernel doubles what is asked for, within its bounds. */
  setSndbuf(value: number, max = DEFAULT_BUFFER): void {
    this.sndbuf = Math.max(MIN_SNDBUF, Math.min(value >>> 0, max) * 2);
  }
  setRcvbuf(value: number, max = DEFAULT_BUFFER): void {
    this.rcvbuf = Math.max(MIN_RCVBUF, Math.min(value >>> 0, max) * 2);
  }
}
