/** Memory that the fast lane shares with guests: mirror of addon/guest/lane.h, where it is described. */

export const NR_LANE_MEMORY = 1001;
export const NR_LANE_KICK = 1002;

/** What NR_LANE_MEMORY is asked for: the table, the log, or an arena's index. */
export const LANE_TABLE = -1;
export const LANE_LOG = -2;
export const LANE_FDS = 4096;
export const LANE_ARENAS = 32;
export const LANE_SLOTS = 64;
/** Bytes of one ring: a power of two. */
export const LANE_RING = 32768;
const HEADER = 4096;
const SLOT_SIZE = HEADER + 2 * LANE_RING;
export const LANE_ARENA_SIZE = LANE_SLOTS * SLOT_SIZE;
export const LANE_TABLE_SIZE = 24576;
export const LANE_LOG_SIZE = 16384;

/** Words of struct tv_lane_table. */
export const TABLE_ARENAS = 0;
export const TABLE_LOG_HEAD = 1;
export const TABLE_ASLEEP = 2;
export const TABLE_FDS = 16;
/** Where the bytes `watched` begin. */
export const TABLE_WATCHED = 4 * (TABLE_FDS + LANE_FDS);

/** struct tv_lane_log: entries, words of its header, of an entry, and of an entry's fields. */
export const LANE_OPS = 512;
export const LOG_TAIL = 0;
export const LOG_OPS = 16;
export const OP_WORDS = 6;

const FD_OPEN = 0x80000000;
const FD_SECOND = 0x40000000;
const FD_NONBLOCK = 0x20000000;

/** An entry of the table. @param end which end of the slot: 0 writes ring 0 and reads ring 1 */
export function laneEntry(arena: number, slot: number, end: 0 | 1, nonblock: boolean): number {
  return FD_OPEN | (end === 1 ? FD_SECOND : 0) | (nonblock ? FD_NONBLOCK : 0) | (arena << 8) | slot | 0;
}

const FD_EPOLL = 0x10000000;
/** Epoll instances that a table may have. */
export const LANE_EPOLLS = 8;

/** The entry of an epoll instance. */
export function epollEntry(index: number): number {
  return FD_EPOLL | index;
}

/** The top bit of a position: closed to guests; and the position itself. */
export const LANE_CLOSED = 0x80000000 | 0;
export const LANE_POSITION = 0x7fffffff;

/** Words of struct tv_ring, and how many it has. */
export const RING_TAIL = 0;
export const RING_WRITING = 1;
export const RING_WANT_DATA = 2;
export const RING_HEAD = 16;
export const RING_WORDS = 32;

/** Where a slot begins in its arena, bytes. */
export function slotOffset(slot: number): number {
  return slot * SLOT_SIZE;
}
/** Where the bytes of one of its rings begin. */
export function ringOffset(slot: number, ring: 0 | 1): number {
  return slotOffset(slot) + HEADER + ring * LANE_RING;
}
export const SLOT_BYTES = SLOT_SIZE;

/** Room for the jumps of patched call sites. */
export const LANE_SITES = 96;
export const LANE_SITE_SIZE = 32;
/** How far below a program its page for call sites lies, bytes. */
export const LANE_SITES_GAP = 0x10000;

/** struct tv_lane_places: addresses inside one program, told by the loader. */
export interface LanePlaces {
  /** struct tv_lane_state. */
  readonly state: number;
  /** Where patched call sites lead to. */
  readonly entry: number;
  /** The instruction that copies from and to the program's buffers, and where to go on when it faults. */
  readonly copy: number;
  readonly fault: number;
  /** LANE_SITES times LANE_SITE_SIZE bytes of code, to be filled in. */
  readonly sites: number;
  /** SCRATCH_SIZE bytes for a filter on its way to the host. */
  readonly scratch: number;
  /** A page for more of them, near the program. */
  readonly nearSites?: number | undefined;
}
export const LANE_PLACES_SIZE = 48;

/** @param dv at least LANE_PLACES_SIZE bytes */
export function decodeLanePlaces(dv: DataView): LanePlaces {
  const word = (i: number): number => Number(dv.getBigUint64(8 * i, true));
  return { state: word(0), entry: word(1), copy: word(2), fault: word(3), sites: word(4), scratch: word(5) };
}
