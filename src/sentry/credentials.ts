/** From what config.json says of a process's identity and limits to the kernel's own forms. */
import * as sched from '../abi/sched.js';
import { CAP_FULL_SET, type Cred, initialCred } from '../kernel/cred.js';
import type { Rlimit } from '../kernel/task.js';
import type { ProcessSpec, RlimitSpec } from './container-spec.js';

const CAPABILITIES = new Map<string, number>(
  Object.entries(sched).flatMap(([name, value]) =>
    name.startsWith('CAP_') && name !== 'CAP_LAST_CAP' && typeof value === 'number' ? [[name, value]] : [],
  ),
);

/** Names of capabilities as a set of bits; names that this kernel does not have are left out. */
export function capabilitySet(names: readonly string[]): bigint {
  let set = 0n;
  for (const name of names) {
    const cap = CAPABILITIES.get(name);
    if (cap !== undefined) set |= 1n << BigInt(cap);
  }
  return set & CAP_FULL_SET;
}

/** The credentials that a process starts with: without capabilities in its spec it has none, root too. */
export function processCred(spec: ProcessSpec): Cred {
  const { uid, gid, capabilities } = spec;
  const permitted = capabilitySet(capabilities?.permitted ?? []);
  const inheritable = capabilitySet(capabilities?.inheritable ?? []);
  return {
    ...initialCred(uid, gid, spec.additionalGids),
    capInheritable: inheritable,
    capPermitted: permitted,
    capEffective: capabilitySet(capabilities?.effective ?? []) & permitted,
    capBounding: capabilitySet(capabilities?.bounding ?? []),
    // What is not both cannot be ambient (PR_CAP_AMBIENT_RAISE).
    capAmbient: capabilitySet(capabilities?.ambient ?? []) & permitted & inheritable,
  };
}

/** `base`, with what a spec says in its place. */
export function processLimits(base: readonly Rlimit[], rlimits: readonly RlimitSpec[]): Rlimit[] {
  const limits = base.map((l) => ({ ...l }));
  for (const l of rlimits) limits[l.resource] = { soft: l.soft ?? Infinity, hard: l.hard ?? Infinity };
  return limits;
}
