/** Whose key rings are whose, what a task possesses, and what it may do with a key (security/keys/process_keys.c). */

import { EACCES, EAGAIN, EINVAL, EKEYEXPIRED, EKEYREVOKED, ENOKEY } from '../../abi/errno.js';
import {
  KEY_NEED_SEARCH,
  KEY_POS_ALL,
  KEY_SPEC_PROCESS_KEYRING,
  KEY_SPEC_REQKEY_AUTH_KEY,
  KEY_SPEC_SESSION_KEYRING,
  KEY_SPEC_THREAD_KEYRING,
  KEY_SPEC_USER_KEYRING,
  KEY_SPEC_USER_SESSION_KEYRING,
  KEY_USR_ALL,
  KEY_USR_VIEW,
} from '../../abi/keys.js';
import { inGroup } from '../cred.js';
import type { Task } from '../task.js';
import { KEYRING, type Key, type KeyType } from './key.js';

/** Key rings within key rings are followed this deep. */
export const MAX_DEPTH = 6;
const NOTHING = new Uint8Array(0);

/** A key and whether the task that named it possesses it. */
export interface KeyRef {
  key: Key;
  possessed: boolean;
}

export function newRing(task: Task, description: string, perm: number): Key | number {
  const { uid, gid } = task.cred;
  return task.kernel.keys.create(KEYRING, description, uid, gid, perm, NOTHING);
}

/** The two key rings that a user always has. */
export function userRings(task: Task): { user: Key; session: Key } | number {
  const store = task.kernel.keys;
  const { uid } = task.cred;
  const known = store.userRings.get(uid);
  if (known !== undefined) return known;
  const perm = (KEY_POS_ALL & ~0x20000000) | KEY_USR_ALL;
  const user = newRing(task, `_uid.${uid}`, perm);
  if (typeof user === 'number') return user;
  const session = newRing(task, `_uid_ses.${uid}`, perm);
  if (typeof session === 'number') return session;
  session.hold().link(user.hold());
  const rings = { user, session };
  store.userRings.set(uid, rings);
  return rings;
}

/** A process's own key rings are gone with its program or its end; threads and children know only the session's. */
export function dropRings(task: Task, wholeProcess: boolean): void {
  task.threadRing?.drop();
  task.threadRing = undefined;
  if (!wholeProcess) return;
  task.group.processRing?.drop();
  task.group.processRing = undefined;
}

/** Puts a session key ring (already held for it) in place of the present one. */
export function setSession(task: Task, ring: Key): void {
  task.sessionRing?.drop();
  task.sessionRing = ring;
}

/** KEYCTL_JOIN_SESSION_KEYRING without a name. @returns the new ring or -EDQUOT */
export function newSession(task: Task): Key | number {
  const ring = newRing(task, '_ses', KEY_POS_ALL | KEY_USR_VIEW | 0x00020000);
  if (typeof ring === 'number') return ring;
  setSession(task, ring.hold());
  return ring;
}

/** The rings that a task possesses and searches, in order. */
export function ringsOf(task: Task): Key[] {
  const store = task.kernel.keys;
  const session = task.sessionRing ?? store.userRings.get(task.cred.uid)?.session;
  return [task.threadRing, task.group.processRing, session].filter((r): r is Key => r !== undefined);
}

/** `top` and the key rings in it that may be searched, each once, nearest first. */
function searchable(task: Task, top: Key, possessed: boolean): Key[] {
  if (!top.isRing || top.validate() < 0) return [];
  const found = new Set([top]);
  let level = [top];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: Key[] = [];
    for (const ring of level) {
      for (const key of ring.rings) {
        if (found.has(key) || key.validate() < 0) continue;
        if (!permits(task, { key, possessed }, KEY_NEED_SEARCH)) continue;
        found.add(key);
        next.push(key);
      }
    }
    level = next;
  }
  return [...found];
}

/** A key that its possessor may not search for is not possessed. */
function possesses(task: Task, key: Key): boolean {
  if (!permits(task, { key, possessed: true }, KEY_NEED_SEARCH)) return false;
  return ringsOf(task).some(
    (top) => top === key || searchable(task, top, true).some((ring) => ring.links.get(key.index) === key),
  );
}

/** All that a task possesses. */
export function possessions(task: Task): Set<Key> {
  const all = new Set<Key>();
  const add = (key: Key): void => {
    if (permits(task, { key, possessed: true }, KEY_NEED_SEARCH)) all.add(key);
  };
  for (const top of ringsOf(task)) {
    add(top);
    for (const ring of searchable(task, top, true)) for (const key of ring.links.values()) add(key);
  }
  return all;
}

/** key_task_permission */
export function permits(task: Task, { key, possessed }: KeyRef, need: number): boolean {
  const { cred } = task;
  let bits = key.perm;
  if (key.uid === cred.fsuid) bits = key.perm >> 16;
  else if ((key.perm & 0x3f00) !== 0 && inGroup(cred, key.gid)) bits = key.perm >> 8;
  if (possessed) bits |= key.perm >> 24;
  return (bits & need) === need;
}

export interface LookupOptions {
  /** Make a special key ring that is not there yet. */
  create?: boolean;
  /** KEY_NEED_*; 0 asks for none, and takes a key in any state. */
  need: number;
  /** Take what is revoked, expired or negative, too. */
  partial?: boolean;
}

/** lookup_user_key: the key behind a serial number or KEY_SPEC_*. @returns -ENOKEY, -EINVAL, -EACCES, -EKEYREVOKED, -EKEYEXPIRED */
export function lookupKey(task: Task, id: number, options: LookupOptions): KeyRef | number {
  const ref = id < 0 ? specialRing(task, id, options.create === true) : bySerial(task, id);
  if (typeof ref === 'number') return ref;
  if (options.need === 0) return ref;
  if (options.partial !== true) {
    const invalid = ref.key.validate();
    if (invalid < 0) return invalid;
  }
  return permits(task, ref, options.need) ? ref : -EACCES;
}

function bySerial(task: Task, id: number): KeyRef | number {
  if (id < 1) return -EINVAL;
  const key = task.kernel.keys.keys.get(id);
  return key === undefined || key.invalidated ? -ENOKEY : { key, possessed: possesses(task, key) };
}

function specialRing(task: Task, id: number, create: boolean): KeyRef | number {
  const own = (key: Key | number): KeyRef | number =>
    typeof key === 'number' ? key : { key, possessed: true };
  switch (id) {
    case KEY_SPEC_THREAD_KEYRING:
      if (task.threadRing === undefined && create) {
        const ring = newRing(task, '_tid', KEY_POS_ALL | KEY_USR_VIEW);
        if (typeof ring === 'number') return ring;
        task.threadRing = ring.hold();
      }
      return own(task.threadRing ?? -ENOKEY);
    case KEY_SPEC_PROCESS_KEYRING:
      if (task.group.processRing === undefined && create) {
        const ring = newRing(task, '_pid', KEY_POS_ALL | KEY_USR_VIEW);
        if (typeof ring === 'number') return ring;
        task.group.processRing = ring.hold();
      }
      return own(task.group.processRing ?? -ENOKEY);
    case KEY_SPEC_SESSION_KEYRING:
      return own(sessionRing(task, create));
    case KEY_SPEC_USER_KEYRING:
    case KEY_SPEC_USER_SESSION_KEYRING: {
      const rings = userRings(task);
      if (typeof rings === 'number') return rings;
      return own(id === KEY_SPEC_USER_KEYRING ? rings.user : rings.session);
    }
    case KEY_SPEC_REQKEY_AUTH_KEY:
      return -ENOKEY;
    default:
      return -EINVAL;
  }
}

/** Without one of its own a task has the user's; to write into it, it gets its own. */
function sessionRing(task: Task, create: boolean): Key | number {
  const rings = userRings(task);
  if (typeof rings === 'number') return rings;
  if (task.sessionRing !== undefined && !(create && task.sessionRing === rings.session))
    return task.sessionRing;
  if (create) return newSession(task);
  setSession(task, rings.session.hold());
  return rings.session;
}

/**
 * Looks for a key by type and name in `rings` and the rings in them (keyring_search).
 * @returns -EAGAIN: nothing like it; -EKEYREVOKED, -EKEYEXPIRED or -ENOKEY: only one that is of no use
 */
export function searchRings(
  task: Task,
  rings: readonly Key[],
  possessed: boolean,
  type: KeyType,
  description: string,
): KeyRef | number {
  let result = -EAGAIN;
  const index = `${type.name};${description}`;
  for (const top of rings) {
    for (const ring of searchable(task, top, possessed)) {
      const key = ring.links.get(index);
      if (key === undefined || key.invalidated) continue;
      if (key.revoked) result = -EKEYREVOKED;
      else if (key.expired) result = -EKEYEXPIRED;
      else if (!permits(task, { key, possessed }, KEY_NEED_SEARCH)) result = -EACCES;
      else if (key.rejected !== 0) return -key.rejected;
      else return { key, possessed };
    }
  }
  return result;
}

/** True if `to` can be reached from `from`, or lies too deep to tell. */
export function reaches(from: Key, to: Key): boolean {
  const seen = new Set([from]);
  let level = [from];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH || level.includes(to)) return true;
    const next: Key[] = [];
    for (const ring of level) {
      for (const key of ring.rings) {
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(key);
      }
    }
    level = next;
  }
  return false;
}
