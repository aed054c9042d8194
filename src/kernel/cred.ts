/** Credentials of a task, as in credentials(7) and include/linux/cred.h. Treated as immutable: change by `{ ...cred, uid }`. */
export interface Cred {
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly suid: number;
  readonly sgid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
  /** Capability sets as bit sets (bit n = capability n). */
  readonly capInheritable: bigint;
  readonly capPermitted: bigint;
  readonly capEffective: bigint;
  readonly capBounding: bigint;
  readonly capAmbient: bigint;
  readonly securebits: number;
}

/** All capabilities that this kernel knows: 0 .. CAP_CHECKPOINT_RESTORE (40). */
export const CAP_FULL_SET = (1n << 41n) - 1n;

/** @param cap CAP_* number. True if it is in the effective set. */
export function capable(cred: Cred, cap: number): boolean {
  return ((cred.capEffective >> BigInt(cap)) & 1n) !== 0n;
}

/** So many are looked through; a guest may have 65536, and be asked for them at each of thousands of objects. */
const FEW_GROUPS = 32;
const sets = new WeakMap<readonly number[], ReadonlySet<number>>();

function setOf(groups: readonly number[]): ReadonlySet<number> {
  let set = sets.get(groups);
  if (set === undefined) sets.set(groups, (set = new Set(groups)));
  return set;
}

/** True if `gid` is the file system group or a supplementary group of `cred` (kernel/groups.c, in_group_p). */
export function inGroup(cred: Cred, gid: number): boolean {
  if (cred.fsgid === gid) return true;
  const { groups } = cred;
  return groups.length <= FEW_GROUPS ? groups.includes(gid) : setOf(groups).has(gid);
}

/** Credentials at start: uid 0 has every capability, others none. */
export function initialCred(uid: number, gid: number, groups: readonly number[]): Cred {
  const caps = uid === 0 ? CAP_FULL_SET : 0n;
  return {
    uid,
    gid,
    euid: uid,
    egid: gid,
    suid: uid,
    sgid: gid,
    fsuid: uid,
    fsgid: gid,
    groups,
    capInheritable: 0n,
    capPermitted: caps,
    capEffective: caps,
    capBounding: CAP_FULL_SET,
    capAmbient: 0n,
    securebits: 0,
  };
}
