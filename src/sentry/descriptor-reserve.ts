/** Host descriptors that guests cannot use up, for what the operator asks of a sandbox whose guests hold all others. */
import { RLIMIT_NOFILE } from '../abi/sched.js';
import type { Native } from '../platform/native.js';

/** An exec takes seven at most: its streams, its stub's socket, its terminal, its program and that one's interpreter. */
const MOST = 1024;

export class DescriptorReserve {
  /** How many are kept back. */
  readonly size: number;
  private inUse = false;
  private begun = false;

  /** @param native of the sentry @param limit its RLIMIT_NOFILE, Infinity for none */
  constructor(
    private readonly native: Native,
    private readonly limit: number,
  ) {
    this.size = Number.isFinite(limit) ? Math.min(MOST, Math.floor(limit / 8)) : 0;
  }

  /** From now on the reserve is for `use` alone. */
  begin(): void {
    this.begun = true;
    this.set(this.limit - this.size);
  }

  /** Does something for the operator. What it opens may come out of the reserve, and stays open. */
  use<T>(work: () => T): T {
    if (this.inUse || !this.begun) return work();
    this.inUse = true;
    this.set(this.limit);
    try {
      return work();
    } finally {
      this.inUse = false;
      this.set(this.limit - this.size);
    }
  }

  /** The hard limit stays. What is open already stays open, whatever its number. */
  private set(soft: number): void {
    if (this.size > 0) this.native.prlimit(0, RLIMIT_NOFILE, soft, this.limit);
  }
}
