/**
 * What a container may use of the machine's memory, the sentry's part included.
 *
 * Memory of programs is the host's: it is counted and limited by the container's cgroup, where there is one, and the host's
 * OOM killer kills in it. What the sentry holds for guests (files in memory, most of all) is the sentry's at the host, and is
 * charged here. Together they must stay below the limit: where a charge would exceed it the biggest process dies by SIGKILL,
 * as the OOM killer of Linux would have it, and where nobody is left to kill the caller gets ENOMEM.
 *
 * Between charges a sample is taken now and then. Without a cgroup these samples are all that holds programs to the limit.
 */

import type { Native } from '../platform/native.js';
import type { Timer, TimerQueue } from './timers.js';

const PAGE = 4096;
/** A sample is good for so many milliseconds, and until so much of the limit (as a divisor) was charged since. */
const SAMPLE_MS = 100;
const SAMPLE_PART = 64;
/** Milliseconds between samples beside a cgroup: near the limit, and far from it. */
const NEAR_MS = 250;
const FAR_MS = 1000;
/** Without a cgroup: so often, but at most this part of the time (a divisor) goes into them. */
const ALONE_MS = 50;
const ALONE_PART = 50;
/** The same for samples that charges ask for. */
const CHARGE_PART = 10;
/** With a cgroup: below this part of the limit (a divisor) what the sentry holds is not worth a timer. */
const SMALL_PART = 16;
/** What may be charged beyond the limit while a victim is dying. */
const GRACE = 4 << 20;
/** Free memory below which a charge is not filled in part any more. */
const LEAST = 64 * 1024;
/** A victim that has not died after so many milliseconds does not keep others alive. */
const DYING_MS = 2000;
const STAT_ROOM = 16384;

/** A process that may be killed. */
export interface Victim {
  readonly pid: number;
  readonly hostPid: number;
  readonly oomScoreAdj: number;
  readonly zombie: boolean;
}

/** What the account needs to know of a container. */
export interface MemoryOwner {
  readonly native: Native;
  readonly timers: TimerQueue;
  /** Monotonic milliseconds. */
  now(): number;
  /** All processes, zombies included. */
  processes(): Iterable<Victim>;
  /** SIGKILL, and a line in the log. */
  kill(victim: Victim, text: string): void;
}

/** Contents whose pages guests can make by touching a mapping: to be counted again before each sample. */
export interface Mapped {
  recount(): void;
}

export class ContainerMemory {
  /** Bytes; Infinity: none. */
  limit = Infinity;
  /** Bytes that the sentry holds for this container. */
  held = 0;
  /** Processes that were killed here. */
  oomKills = 0;
  /** Most bytes in use that any sample has seen. */
  peak = 0;
  readonly mapped = new Set<Mapped>();
  /** Bytes of guests' own memory at the last sample. */
  private anonymous = 0;
  private sampledAt = -Infinity;
  private heldThen = 0;
  /** What the last sample took, milliseconds. */
  private cost = 0;
  private timer: Timer | undefined;
  private victim: Victim | undefined;
  private killedAt = -Infinity;
  private readonly text = new Uint8Array(STAT_ROOM);

  /** memory.stat of the container's cgroup; -1: there is none. */
  private statFd = -1;

  constructor(private readonly owner: MemoryOwner) {}

  /** The host limits and counts programs by itself. @param statFd memory.stat of their cgroup; closed with the account */
  followCgroup(statFd: number): void {
    this.statFd = statFd;
  }

  /** @param bytes Infinity for no limit */
  setLimit(bytes: number): void {
    this.limit = bytes;
    this.sampledAt = -Infinity;
    this.plan();
  }

  /** Counts what was taken (or given back, below 0). Nothing is refused here: `room` comes first. */
  charge(bytes: number): void {
    this.held += bytes;
    if (bytes > 0 && this.timer === undefined && this.limit !== Infinity) this.plan();
  }

  /** Bytes in use now, by guests and for them. */
  usage(): number {
    if (this.age >= this.cost * CHARGE_PART) this.sample();
    return this.anonymous + this.held;
  }

  /** Bytes that may still be used. */
  get free(): number {
    return this.limit === Infinity ? Infinity : Math.max(0, this.limit - this.anonymous - this.held);
  }

  /**
   * How much of `bytes` the sentry may take for the container: all; a part, when only that is left; 0, when nothing is left
   * and killing does not help.
   */
  room(bytes: number): number {
    const { limit } = this;
    if (limit === Infinity || bytes <= 0) return bytes;
    const { age } = this;
    const much = this.held + bytes - this.heldThen > limit / SAMPLE_PART;
    if (age >= this.cost * CHARGE_PART && (much || age > SAMPLE_MS)) this.sample();
    const { free } = this;
    if (bytes <= free) return bytes;
    if (free >= LEAST) return Math.floor(free / PAGE) * PAGE;
    const beyond = this.anonymous + this.held - limit;
    if (!this.kill() || beyond + LEAST > GRACE) return 0;
    return Math.min(bytes, GRACE - Math.max(0, beyond));
  }

  /** Nothing of the container runs any more. */
  dispose(): void {
    this.setLimit(Infinity);
    this.mapped.clear();
    if (this.statFd >= 0) this.owner.native.close(this.statFd);
    this.statFd = -1;
  }

  /** Milliseconds since the last sample. */
  private get age(): number {
    return this.owner.now() - this.sampledAt;
  }

  // --- samples ------------------------------------------------------------------------------------------------------------

  private sample(): void {
    const start = this.owner.now();
    for (const content of this.mapped) content.recount();
    this.anonymous = this.statFd >= 0 ? this.fromCgroup() : this.fromProcesses();
    this.sampledAt = this.owner.now();
    this.cost = this.sampledAt - start;
    this.heldThen = this.held;
    this.peak = Math.max(this.peak, this.anonymous + this.held);
  }

  /** Anonymous memory of a cgroup with all below it: `total_rss` in version 1, `anon` in version 2. */
  private fromCgroup(): number {
    const n = this.owner.native.pread(this.statFd, this.text, 0, STAT_ROOM, 0);
    if (n <= 0) return 0;
    const text = Buffer.from(this.text.buffer, 0, n).toString('latin1');
    return Number(/^(?:total_rss|anon) (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  /** Resident anonymous memory of all processes. Pages that several share count once only when it matters. */
  private fromProcesses(): number {
    let sum = 0;
    for (const p of this.owner.processes()) sum += this.anonymousOf(p);
    if (sum + this.held <= this.limit) return sum;
    let exact = 0;
    for (const p of this.owner.processes()) exact += this.proportionalOf(p);
    return exact;
  }

  private anonymousOf(process: Victim): number {
    if (process.zombie) return 0;
    const statm = this.owner.native.hostProc(process.hostPid, 'statm');
    if (typeof statm !== 'string') return 0;
    const [, resident = 0, shared = 0] = statm.split(' ').map(Number);
    return Math.max(0, resident - shared) * PAGE;
  }

  private proportionalOf(process: Victim): number {
    if (process.zombie) return 0;
    const text = this.owner.native.hostProc(process.hostPid, 'smaps_rollup');
    const kib = typeof text === 'string' ? /^Pss_Anon:\s*(\d+) kB$/m.exec(text)?.[1] : undefined;
    return kib === undefined ? this.anonymousOf(process) : Number(kib) * 1024;
  }

  /** Sets the timer for the next sample, if there is a reason to take one. */
  private plan(): void {
    const { timers } = this.owner;
    if (this.timer !== undefined) timers.cancel(this.timer);
    this.timer = undefined;
    if (this.limit === Infinity) return;
    // The host's limit holds programs; only what it does not see can take both together too far.
    if (this.statFd >= 0 && this.held < this.limit / SMALL_PART) return;
    this.timer = timers.add(this.owner.now() + this.interval(), () => {
      this.timer = undefined;
      this.sample();
      if (this.anonymous + this.held > this.limit) this.kill();
      this.plan();
    });
  }

  private interval(): number {
    if (this.statFd < 0) return Math.max(ALONE_MS, this.cost * ALONE_PART);
    return this.anonymous + this.held > this.limit / 2 ? NEAR_MS : FAR_MS;
  }

  // --- out of memory --------------------------------------------------------------------------------------------------------

  /** Kills the biggest process, unless one is dying already. @returns false when there is none */
  private kill(): boolean {
    const now = this.owner.now();
    if (this.victim !== undefined && !this.victim.zombie && now - this.killedAt < DYING_MS) return true;
    const victim = this.biggest();
    if (victim === undefined) return false;
    this.victim = victim;
    this.killedAt = now;
    this.oomKills++;
    this.sampledAt = -Infinity;
    const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
    this.owner.kill(
      victim,
      `out of memory: killed process ${victim.pid}; limit ${mib(this.limit)}, ` +
        `programs ${mib(this.anonymous)}, files in memory and buffers ${mib(this.held)}`,
    );
    return true;
  }

  /** As oom_badness of Linux: resident memory, moved by oom_score_adj thousandths of the limit; -1000 is never killed. */
  private biggest(): Victim | undefined {
    let best: Victim | undefined;
    let most = -Infinity;
    for (const p of this.owner.processes()) {
      if (p.zombie || p.oomScoreAdj === -1000) continue;
      const points = this.residentOf(p) + (p.oomScoreAdj * this.limit) / 1000;
      if (points <= most) continue;
      most = points;
      best = p;
    }
    return best;
  }

  private residentOf(process: Victim): number {
    const statm = this.owner.native.hostProc(process.hostPid, 'statm');
    return typeof statm === 'string' ? Number(statm.split(' ')[1] ?? 0) * PAGE : 0;
  }
}
