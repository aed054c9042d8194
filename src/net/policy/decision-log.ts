/** --network-log: one JSON line for each decision, written without ever waiting and at a bounded rate. */

import { closeSync, constants, openSync, writeSync } from 'node:fs';

/** Lines in one second; what is more is counted. */
const LINES_PER_SECOND = 500;
/** And this many more at once after a quiet time. */
const BURST = 2000;

/** What a line says beside the time. */
export interface DecisionRecord {
  /** What was tried: a lookup, a connection, a datagram, to listen. */
  readonly event: 'dns' | 'connect' | 'send' | 'receive' | 'listen' | 'accept' | 'join';
  readonly verdict: 'allow' | 'deny';
  /** The rule that decided, as the command line has it, or why none did. */
  readonly rule?: string;
  readonly reason?: string;
  readonly [field: string]: unknown;
}

export class DecisionLog {
  private tokens = BURST;
  private refilled: number;
  private suppressed = 0;
  /** The end of a line that a pipe had no room for: it goes out before anything else does. */
  private rest: Uint8Array | undefined;

  /**
   * @param fd a descriptor that does not block
   * @param now the kernel's monotonic clock, ms
   */
  constructor(
    private readonly fd: number,
    private readonly now: () => number,
  ) {
    this.refilled = now();
  }

  /** Appends to `path`, which is created (mode 0644) if need be; throws what open(2) says. */
  static toFile(path: string, now: () => number): DecisionLog {
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
    return new DecisionLog(openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o644), now);
  }

  /** Writes one line; beyond the rate, or if the file takes no more, it only counts it. */
  write(record: DecisionRecord): void {
    if (!this.take()) {
      this.suppressed++;
      return;
    }
    const time = new Date().toISOString();
    const lost = this.suppressed;
    if (lost > 0 && this.put({ time, event: 'suppressed', count: lost })) this.suppressed = 0;
    if (!this.put({ time, ...record })) this.suppressed++;
  }

  private take(): boolean {
    const now = this.now();
    this.tokens = Math.min(BURST, this.tokens + ((now - this.refilled) / 1000) * LINES_PER_SECOND);
    this.refilled = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }

  /** @returns false if the line is lost */
  private put(line: object): boolean {
    if (this.rest !== undefined) {
      const n = this.send(this.rest);
      this.rest = n < this.rest.length ? this.rest.subarray(n) : undefined;
      if (this.rest !== undefined) return false;
    }
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
    const n = this.send(bytes);
    if (n > 0 && n < bytes.length) this.rest = bytes.subarray(n);
    return n > 0;
  }

  /** @returns bytes taken, 0 if none could be */
  private send(bytes: Uint8Array): number {
    try {
      return writeSync(this.fd, bytes);
    } catch {
      // A full disk or pipe costs lines, and never the sandbox.
      return 0;
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}
