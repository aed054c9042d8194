/** The memory that all sockets' buffers of this sentry have together (as net.ipv4.tcp_mem and udp_mem are for all of Linux). */

/** Beyond this, empty buffers do not keep their memory. */
const PRESSURE = 64 * 1024 * 1024;
/** Beyond this datagrams are lost, and streams have to do with small queues. */
const LIMIT = 256 * 1024 * 1024;
/** Beyond this nobody gets any. */
const HARD_LIMIT = 384 * 1024 * 1024;

class SocketMemory {
  /** Bytes in use. */
  used = 0;

  get pressed(): boolean {
    return this.used > PRESSURE;
  }
  get scarce(): boolean {
    return this.used > LIMIT;
  }
  get exhausted(): boolean {
    return this.used > HARD_LIMIT;
  }
  /** Takes `bytes` for a message. @returns false when there is no memory left for it, and none was taken */
  charge(bytes: number): boolean {
    if (this.used + bytes > LIMIT) return false;
    this.used += bytes;
    return true;
  }
  release(bytes: number): void {
    this.used -= bytes;
  }
}

export const socketMemory = new SocketMemory();
