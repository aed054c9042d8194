/** The memory that all sockets' buffers of this sentry have together (as net.ipv4.tcp_mem and udp_mem are for all of Linux). */

/** Beyond this datagrams are lost, and streams have to do with small queues. */
const LIMIT = 256 * 1024 * 1024;
/** A quarter of that: beyond it empty buffers do not keep their memory. */
const PRESSURE_PART = 1 / 4;
/** One and a half of it: beyond that nobody gets any. */
const HARD_PART = 3 / 2;
/** Of a sandbox with a limit its buffers get this part, and never less than so many bytes. */
const LIMITED_PART = 1 / 8;
const LEAST = 2 * 1024 * 1024;

class SocketMemory {
  /** Bytes in use. */
  used = 0;
  private limit = LIMIT;

  /** @param bytes what containers may use of all memory; Infinity for no limit */
  within(bytes: number): void {
    this.limit = Math.min(LIMIT, Math.max(LEAST, bytes * LIMITED_PART));
  }

  get pressed(): boolean {
    return this.used > this.limit * PRESSURE_PART;
  }
  get scarce(): boolean {
    return this.used > this.limit;
  }
  get exhausted(): boolean {
    return this.used > this.limit * HARD_PART;
  }
  /** Takes `bytes` for a message. @returns false when there is no memory left for it, and none was taken */
  charge(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }
  release(bytes: number): void {
    this.used -= bytes;
  }
}

export const socketMemory = new SocketMemory();
