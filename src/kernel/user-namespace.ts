/** User and group ids inside and outside of a container (user_namespaces(7)). */

/** A line of /proc/pid/uid_map: `count` ids from `inside` on are those from `outside` on. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** What stands for an id that has none on the other side (fs.overflowuid). */
export const OVERFLOW_ID = 65534;
/** All ids that there are, but the one that means none. */
const ALL_IDS = 0xffff_ffff;

function mapped(id: number, from: number, to: number, count: number): number {
  return id >= from && id < from + count ? to + (id - from) : -1;
}

export class IdMap {
  /** @param ranges none: every id is the same on both sides */
  constructor(readonly ranges: readonly IdRange[]) {}

  get identity(): boolean {
    return this.ranges.length === 0;
  }

  /** @returns the id outside, or -1 */
  out(id: number): number {
    if (this.identity) return id;
    for (const r of this.ranges) {
      const found = mapped(id, r.inside, r.outside, r.count);
      if (found >= 0) return found;
    }
    return -1;
  }

  /** @returns the id inside, or -1 */
  in(id: number): number {
    if (this.identity) return id;
    for (const r of this.ranges) {
      const found = mapped(id, r.outside, r.inside, r.count);
      if (found >= 0) return found;
    }
    return -1;
  }

  /** As /proc/pid/uid_map has it. */
  get text(): string {
    const ranges = this.identity ? [{ inside: 0, outside: 0, count: ALL_IDS }] : this.ranges;
    const pad = (n: number): string => String(n).padStart(10);
    return ranges.map((r) => `${pad(r.inside)} ${pad(r.outside)} ${pad(r.count)}\n`).join('');
  }
}

/** The ids that exist in a container. Its capabilities reach no farther than these. */
export class UserNamespace {
  constructor(
    readonly uids: IdMap,
    readonly gids: IdMap,
  ) {}

  /** Can a process or a file inside have this user? */
  hasUid(id: number): boolean {
    return this.uids.out(id) >= 0;
  }
  hasGid(id: number): boolean {
    return this.gids.out(id) >= 0;
  }
}

/** Where ids are the same inside and outside. */
export const INITIAL_USERS = new UserNamespace(new IdMap([]), new IdMap([]));
