/** The fast lane's memory of one address space: its table of descriptors and the arenas that it shares with others. */

import {
  LANE_ARENA_SIZE,
  LANE_ARENAS,
  LANE_FDS,
  LANE_LOG_SIZE,
  LANE_SLOTS,
  LANE_TABLE_SIZE,
  RING_WORDS,
  ringOffset,
  SLOT_BYTES,
  slotOffset,
  TABLE_ARENAS,
  TABLE_ASLEEP,
  TABLE_FDS,
  TABLE_LOG_HEAD,
  TABLE_WATCHED,
} from '../../arch/lane-layout.js';
import type { AddressSpace } from '../../kernel/mm.js';
import { LaneRing } from '../../net/lane/ring.js';
import type { OpenLane } from '../../net/lane/side.js';
import type { LaneMemory, Native } from '../native.js';
import type { LaneLog } from './log.js';

/** Memories of all spaces: each is a descriptor of the sentry's. */
const MAX_MEMORIES = 1024;
let memories = 0;

function allocate(native: Native, size: number, readOnly: boolean): LaneMemory | undefined {
  const memory = memories < MAX_MEMORIES ? native.laneMemory(size, readOnly) : undefined;
  if (memory === undefined || typeof memory === 'number') return undefined;
  memories++;
  return memory;
}

function release(native: Native, memory: LaneMemory): void {
  memories--;
  native.close(memory.hostFd);
}

/** Memory of the connections between two address spaces, or within one. */
export class LaneArena {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly taken = new Set<number>();
  /** Slots that were ever used: those beyond are untouched. */
  private used = 0;

  constructor(
    readonly memory: LaneMemory,
    public ends: readonly [AddressSpace, AddressSpace],
  ) {
    this.words = new Int32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
  }

  joins(a: AddressSpace, b: AddressSpace): boolean {
    const [x, y] = this.ends;
    return (x === a && y === b) || (x === b && y === a);
  }

  /** A slot whose rings nobody is writing to any more. @returns its number, or -1 */
  take(): number {
    for (let slot = 0; slot < LANE_SLOTS; slot++) {
      if (this.taken.has(slot) || this.rings(slot).some((ring) => ring.busy)) continue;
      this.taken.add(slot);
      this.used = Math.max(this.used, slot + 1);
      return slot;
    }
    return -1;
  }
  give(slot: number): void {
    this.taken.delete(slot);
  }
  get idle(): boolean {
    return this.taken.size === 0;
  }

  rings(slot: number): [LaneRing, LaneRing] {
    const header = slotOffset(slot) / 4;
    return [
      new LaneRing(this.words, this.bytes, header, ringOffset(slot, 0)),
      new LaneRing(this.words, this.bytes, header + RING_WORDS, ringOffset(slot, 1)),
    ];
  }

  /** One of the ends is gone for good: the other gets to share it with somebody else, who must not see what was said here. */
  handOver(ends: readonly [AddressSpace, AddressSpace]): void {
    this.bytes.fill(0, 0, this.used * SLOT_BYTES);
    this.used = 0;
    this.ends = ends;
  }
}

export class LaneSpace {
  private readonly words: Int32Array;
  private readonly watched: Uint8Array;
  private readonly arenas: LaneArena[] = [];
  /** Call sites that have been looked at, by the address behind their syscall instruction. */
  readonly sites = new Set<number>();
  /** Those whose first byte was a trap for a moment: where it was. */
  readonly trapped = new Set<number>();
  readonly open = new Set<OpenLane>();
  /** Its epoll_ctl(2) calls that come through the log; undefined: none yet. */
  calls: LaneLog | undefined;

  private constructor(
    readonly vm: AddressSpace,
    readonly table: LaneMemory,
    readonly log: LaneMemory,
  ) {
    this.words = new Int32Array(table.buffer);
    this.watched = new Uint8Array(table.buffer, TABLE_WATCHED, LANE_FDS);
  }

  /** @returns undefined if the host has no memory for it */
  static make(native: Native, vm: AddressSpace): LaneSpace | undefined {
    const table = allocate(native, LANE_TABLE_SIZE, true);
    if (table === undefined) return undefined;
    const log = allocate(native, LANE_LOG_SIZE, false);
    if (log !== undefined) return new LaneSpace(vm, table, log);
    release(native, table);
    return undefined;
  }

  arena(index: number): LaneArena | undefined {
    return this.arenas[index];
  }
  indexOf(arena: LaneArena): number {
    return this.arenas.indexOf(arena);
  }

  /** Says what a descriptor is; 0: nothing. */
  setEntry(fd: number, entry: number): void {
    if (fd < LANE_FDS) Atomics.store(this.words, TABLE_FDS + fd, entry);
  }

  /** Which epoll instances watch a descriptor, by index. */
  setWatched(fd: number, index: number, watched: boolean): void {
    if (fd >= LANE_FDS) return;
    const bit = 1 << index;
    const before = Atomics.load(this.watched, fd);
    Atomics.store(this.watched, fd, watched ? before | bit : before & ~bit);
  }
  clearWatched(index: number): void {
    for (let fd = 0; fd < LANE_FDS; fd++) this.setWatched(fd, index, false);
  }
  setAsleep(index: number, asleep: boolean): void {
    if (asleep) Atomics.or(this.words, TABLE_ASLEEP, 1 << index);
    else Atomics.and(this.words, TABLE_ASLEEP, ~(1 << index));
  }
  /** Entries of the log up to here have been carried out. */
  setLogHead(head: number): void {
    Atomics.store(this.words, TABLE_LOG_HEAD, head);
  }

  /** A slot for a connection with `other`. @returns undefined if there is no room */
  slotWith(native: Native, other: LaneSpace): { arena: LaneArena; slot: number } | undefined {
    for (const arena of this.arenas) {
      const slot = arena.joins(this.vm, other.vm) ? arena.take() : -1;
      if (slot >= 0) return { arena, slot };
    }
    const arena = this.newArena(native, other) ?? undefined;
    const slot = arena?.take() ?? -1;
    return arena === undefined || slot < 0 ? undefined : { arena, slot };
  }

  private newArena(native: Native, other: LaneSpace): LaneArena | undefined {
    const widow = other.full ? undefined : this.adopt(other);
    if (widow !== undefined) return widow;
    const orphan = this.full ? undefined : other.adopt(this);
    if (orphan !== undefined) return orphan;
    if (this.full || other.full) return undefined;
    const memory = allocate(native, LANE_ARENA_SIZE, false);
    if (memory === undefined) return undefined;
    const arena = new LaneArena(memory, [this.vm, other.vm]);
    this.add(arena);
    if (other !== this) other.add(arena);
    return arena;
  }

  /** An arena of this space whose other end is gone for good, to be shared with `other` from now on. */
  private adopt(other: LaneSpace): LaneArena | undefined {
    // The lane's code keeps the memory from children (MADV_DONTFORK), a hostile program does not.
    const gone = (vm: AddressSpace): boolean => vm.tasks.size === 0 && !vm.laneCopied;
    const arena = this.arenas.find(({ idle, ends: [x, y] }) => idle && gone(x === this.vm ? y : x));
    if (arena === undefined || other === this) return undefined;
    arena.handOver([this.vm, other.vm]);
    other.add(arena);
    return arena;
  }

  private get full(): boolean {
    return this.arenas.length >= LANE_ARENAS;
  }
  private add(arena: LaneArena): void {
    this.arenas.push(arena);
    Atomics.store(this.words, TABLE_ARENAS, this.arenas.length);
  }

  /** The program is gone: its table, and the arenas that nobody else has. Sockets may know of its address space for long. */
  free(native: Native): void {
    for (const lane of [...this.open]) lane.close();
    this.vm.lane = undefined;
    this.vm.drain = undefined;
    this.vm.onEmpty = undefined;
    release(native, this.table);
    release(native, this.log);
    for (const { memory, ends } of this.arenas) {
      if (ends.every((vm) => vm === this.vm || vm.tasks.size === 0)) release(native, memory);
    }
  }
}
