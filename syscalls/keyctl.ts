/** keyctl(2). */

import {
  EACCES,
  EAGAIN,
  EDEADLK,
  EEXIST,
  EFAULT,
  EINVAL,
  ENOENT,
  ENOKEY,
  ENOTDIR,
  EOPNOTSUPP,
  EPERM,
} from '../src/abi/errno.js';
import * as K from '../src/abi/keys.js';
import { CAP_SYS_ADMIN } from '../src/abi/sched.js';
import { capable, inGroup } from '../src/kernel/cred.js';
import { type Key, keyType } from '../src/kernel/keys/key.js';
import {
  type KeyRef,
  lookupKey,
  newRing,
  newSession,
  permits,
  reaches,
  searchRings,
  setSession,
} from '../src/kernel/keys/rings.js';
import type { Task } from '../src/kernel/task.js';
import type { Family, SyscallArgs } from './family.js';
import { boundedString, description, payloadOf, typeName } from './keys.js';

const KEEP = 0xffffffff;
const UPDATE_MAX = 4096;
/** Capabilities of this implementation: that they can be asked for, big keys, invalidation, KEYCTL_MOVE. */
const CAPABILITIES = Uint8Array.of(0x01 | 0x10 | 0x20 | 0x80, 0);

type Operation = (task: Task, args: SyscallArgs) => number;

/** Looks up argument `i` and goes on with what it is. */
function withKey(
  i: number,
  options: Parameters<typeof lookupKey>[2],
  act: (ref: KeyRef, task: Task, args: SyscallArgs) => number,
): Operation {
  return (task, args) => {
    const ref = lookupKey(task, args.int(i), options);
    return typeof ref === 'number' ? ref : act(ref, task, args);
  };
}

/** Copies out all of `bytes` if they fit. @returns how many there are, or -EFAULT */
function give(task: Task, addr: number, room: number, bytes: Uint8Array): number {
  if (addr !== 0 && room >= bytes.length && bytes.length > 0) {
    if (task.mem.write(addr, bytes, 0, bytes.length) < bytes.length) return -EFAULT;
  }
  return bytes.length;
}

function joinSession(task: Task, args: SyscallArgs): number {
  if (args.ptr(1) === 0) {
    const ring = newSession(task);
    return typeof ring === 'number' ? ring : ring.serial;
  }
  const name = boundedString(task, args.ptr(1), 4096);
  if (typeof name === 'number') return name;
  if (name === '') return -EINVAL;
  if (name.startsWith('.')) return -EPERM;
  for (const key of task.kernel.keys.keys.values()) {
    if (!key.isRing || key.description !== name || key.validate() < 0) continue;
    if (!permits(task, { key, possessed: false }, K.KEY_NEED_SEARCH)) continue;
    setSession(task, key.hold());
    return key.serial;
  }
  const perm = K.KEY_POS_ALL | K.KEY_USR_VIEW | K.KEY_USR_READ | K.KEY_USR_LINK;
  const ring = newRing(task, name, perm);
  if (typeof ring === 'number') return ring;
  setSession(task, ring.hold());
  return ring.serial;
}

function revoke(task: Task, args: SyscallArgs): number {
  let ref = lookupKey(task, args.int(1), { need: K.KEY_NEED_WRITE });
  if (ref === -EACCES) ref = lookupKey(task, args.int(1), { need: K.KEY_NEED_SETATTR });
  if (typeof ref === 'number') return ref;
  ref.key.revoked = true;
  ref.key.clear();
  return 0;
}

function chown({ key }: KeyRef, task: Task, args: SyscallArgs): number {
  const [uid, gid] = [args.uint(2), args.uint(3)];
  if (!capable(task.cred, CAP_SYS_ADMIN)) {
    if (uid !== KEEP && uid !== key.uid) return -EACCES;
    if (gid !== KEEP && gid !== key.gid && !inGroup(task.cred, gid)) return -EACCES;
  }
  const err = uid === KEEP ? 0 : task.kernel.keys.chown(key, uid);
  if (err < 0) return err;
  if (gid !== KEEP) key.gid = gid;
  return 0;
}

function setperm({ key }: KeyRef, task: Task, args: SyscallArgs): number {
  const perm = args.uint(2);
  if (key.uid !== task.cred.fsuid && !capable(task.cred, CAP_SYS_ADMIN)) return -EACCES;
  key.perm = perm;
  return 0;
}

function describe({ key }: KeyRef, task: Task, args: SyscallArgs): number {
  const perm = (key.perm >>> 0).toString(16).padStart(8, '0');
  const text = `${key.type.name};${key.uid};${key.gid};${perm};${key.description}\0`;
  return give(task, args.ptr(2), args.long(3), Buffer.from(text, 'latin1'));
}

/** Puts `key` into `ring`, unless it would then contain itself. */
function link(ring: Key, key: Key): number {
  if (!ring.isRing) return -ENOTDIR;
  if (key.isRing && reaches(key, ring)) return -EDEADLK;
  return ring.link(key);
}

function sysLink(task: Task, args: SyscallArgs): number {
  const ring = lookupKey(task, args.int(2), { create: true, need: K.KEY_NEED_WRITE });
  if (typeof ring === 'number') return ring;
  const key = lookupKey(task, args.int(1), { create: true, need: K.KEY_NEED_LINK });
  return typeof key === 'number' ? key : link(ring.key, key.key);
}

function sysUnlink(task: Task, args: SyscallArgs): number {
  const ring = lookupKey(task, args.int(2), { need: K.KEY_NEED_WRITE });
  if (typeof ring === 'number') return ring;
  const key = lookupKey(task, args.int(1), { need: 0 });
  if (typeof key === 'number') return key;
  if (!ring.key.isRing) return -ENOTDIR;
  return ring.key.unlink(key.key) ? 0 : -ENOENT;
}

function sysMove(task: Task, args: SyscallArgs): number {
  const flags = args.uint(4);
  if ((flags & ~K.KEYCTL_MOVE_EXCL) !== 0) return -EINVAL;
  const key = lookupKey(task, args.int(1), { create: true, need: K.KEY_NEED_LINK });
  if (typeof key === 'number') return key;
  const from = lookupKey(task, args.int(2), { need: K.KEY_NEED_WRITE });
  if (typeof from === 'number') return from;
  const to = lookupKey(task, args.int(3), { create: true, need: K.KEY_NEED_WRITE });
  if (typeof to === 'number') return to;
  if (!from.key.isRing || !to.key.isRing) return -ENOTDIR;
  if (from.key === to.key) return 0;
  if (from.key.links.get(key.key.index) !== key.key) return -ENOENT;
  if ((flags & K.KEYCTL_MOVE_EXCL) !== 0 && to.key.links.has(key.key.index)) return -EEXIST;
  const err = link(to.key, key.key);
  if (err === 0) from.key.unlink(key.key);
  return err;
}

function search(task: Task, args: SyscallArgs): number {
  const name = typeName(task, args.ptr(2));
  if (typeof name === 'number') return name;
  const text = description(task, args.ptr(3));
  if (typeof text === 'number') return text;
  const ring = lookupKey(task, args.int(1), { need: K.KEY_NEED_SEARCH });
  if (typeof ring === 'number') return ring;
  let target: KeyRef | undefined;
  if (args.int(4) !== 0) {
    const ref = lookupKey(task, args.int(4), { create: true, need: K.KEY_NEED_WRITE });
    if (typeof ref === 'number') return ref;
    target = ref;
  }
  const type = keyType(name);
  if (typeof type === 'number') return -ENOKEY;
  if (!ring.key.isRing) return -ENOTDIR;
  const found = searchRings(task, [ring.key], ring.possessed, type, text);
  if (typeof found === 'number') return found === -EAGAIN ? -ENOKEY : found;
  if (target === undefined) return found.key.serial;
  if (!permits(task, found, K.KEY_NEED_LINK)) return -EACCES;
  const err = link(target.key, found.key);
  return err < 0 ? err : found.key.serial;
}

function read(task: Task, args: SyscallArgs): number {
  const ref = lookupKey(task, args.int(1), { need: 0 });
  if (typeof ref === 'number') return -ENOKEY;
  const { key } = ref;
  if (key.rejected !== 0) return -key.rejected;
  // Who possesses a key that may be searched for may read it, too.
  if (!permits(task, ref, K.KEY_NEED_READ) && !ref.possessed) return -EACCES;
  if (!key.type.readable) return -EOPNOTSUPP;
  const invalid = key.validate();
  if (invalid < 0) return invalid;
  if (!key.isRing) return give(task, args.ptr(2), args.long(3), key.payload);
  const serials = Int32Array.from([...key.links.values()].map((k) => k.serial));
  return give(task, args.ptr(2), args.long(3), new Uint8Array(serials.buffer));
}

function setRequestRing(task: Task, args: SyscallArgs): number {
  const next = args.int(1);
  const old = task.requestKeyDefault;
  if (next === K.KEY_REQKEY_DEFL_NO_CHANGE) return old;
  if (next < 0 || next > K.KEY_REQKEY_DEFL_REQUESTOR_KEYRING || next === K.KEY_REQKEY_DEFL_GROUP_KEYRING)
    return -EINVAL;
  if (next === K.KEY_REQKEY_DEFL_THREAD_KEYRING || next === K.KEY_REQKEY_DEFL_PROCESS_KEYRING) {
    const ring = lookupKey(task, -next, { create: true, need: 0 });
    if (typeof ring === 'number') return ring;
  }
  task.requestKeyDefault = next;
  return old;
}

function setTimeout({ key }: KeyRef, task: Task, args: SyscallArgs): number {
  const seconds = args.uint(2);
  key.expiry = seconds === 0 ? undefined : task.kernel.now() + seconds * 1000;
  return 0;
}

/** The parent, if it is the same user's and has one thread, gets the caller's session key ring. */
function sessionToParent(task: Task): number {
  const parent = task.group.parent;
  const theirs = parent?.leader;
  const ring = lookupKey(task, K.KEY_SPEC_SESSION_KEYRING, { need: K.KEY_NEED_LINK });
  if (typeof ring === 'number') return ring;
  if (parent === undefined || theirs === undefined || parent.pid === 1 || parent.tasks.size !== 1)
    return -EPERM;
  const same = (['uid', 'euid', 'suid', 'gid', 'egid', 'sgid'] as const).every(
    (id) => theirs.cred[id] === task.cred[id],
  );
  if (!same) return -EPERM;
  if (theirs.sessionRing !== ring.key) setSession(theirs, ring.key.hold());
  return 0;
}

function invalidate({ key }: KeyRef): number {
  key.invalidated = true;
  for (const ring of [...key.store.keys.values()]) if (ring.isRing) ring.unlink(key);
  return 0;
}

function capabilities(task: Task, args: SyscallArgs): number {
  const room = args.long(2);
  const bytes = new Uint8Array(Math.min(Math.max(0, room), 4096));
  bytes.set(CAPABILITIES.subarray(0, bytes.length));
  if (bytes.length > 0 && task.mem.write(args.ptr(1), bytes, 0, bytes.length) < bytes.length) return -EFAULT;
  return CAPABILITIES.length;
}

const OPERATIONS = new Map<number, Operation>([
  [
    K.KEYCTL_GET_KEYRING_ID,
    (task, args) => {
      const ref = lookupKey(task, args.int(1), { create: args.int(2) !== 0, need: K.KEY_NEED_SEARCH });
      return typeof ref === 'number' ? ref : ref.key.serial;
    },
  ],
  [K.KEYCTL_JOIN_SESSION_KEYRING, joinSession],
  [
    K.KEYCTL_UPDATE,
    (task, args) => {
      const payload = payloadOf(task, args.ptr(2), args.long(3), UPDATE_MAX);
      if (typeof payload === 'number') return payload;
      const ref = lookupKey(task, args.int(1), { need: K.KEY_NEED_WRITE });
      return typeof ref === 'number' ? ref : ref.key.update(payload);
    },
  ],
  [K.KEYCTL_REVOKE, revoke],
  [K.KEYCTL_CHOWN, withKey(1, { create: true, partial: true, need: K.KEY_NEED_SETATTR }, chown)],
  [
    K.KEYCTL_SETPERM,
    (task, args) =>
      (args.uint(2) & ~K.KEY_ALL) !== 0
        ? -EINVAL
        : withKey(1, { create: true, partial: true, need: K.KEY_NEED_SETATTR }, setperm)(task, args),
  ],
  [K.KEYCTL_DESCRIBE, withKey(1, { partial: true, need: K.KEY_NEED_VIEW }, describe)],
  [
    K.KEYCTL_CLEAR,
    withKey(1, { create: true, need: K.KEY_NEED_WRITE }, ({ key }) => {
      if (!key.isRing) return -ENOTDIR;
      key.clear();
      return 0;
    }),
  ],
  [K.KEYCTL_LINK, sysLink],
  [K.KEYCTL_UNLINK, sysUnlink],
  [K.KEYCTL_SEARCH, search],
  [K.KEYCTL_READ, read],
  // Only a program that makes keys on request has the authority for these.
  [K.KEYCTL_INSTANTIATE, () => -EPERM],
  [K.KEYCTL_NEGATE, () => -EPERM],
  [K.KEYCTL_REJECT, () => -EPERM],
  [K.KEYCTL_INSTANTIATE_IOV, () => -EPERM],
  [K.KEYCTL_ASSUME_AUTHORITY, (_task, args) => (args.int(1) === 0 ? 0 : args.int(1) < 0 ? -EINVAL : -ENOKEY)],
  [K.KEYCTL_SET_REQKEY_KEYRING, setRequestRing],
  [K.KEYCTL_SET_TIMEOUT, withKey(1, { create: true, partial: true, need: K.KEY_NEED_SETATTR }, setTimeout)],
  [
    K.KEYCTL_GET_SECURITY,
    withKey(1, { partial: true, need: K.KEY_NEED_VIEW }, (_ref, task, args) =>
      give(task, args.ptr(2), args.long(3), new Uint8Array(1)),
    ),
  ],
  [K.KEYCTL_SESSION_TO_PARENT, sessionToParent],
  [K.KEYCTL_INVALIDATE, withKey(1, { need: K.KEY_NEED_SEARCH }, invalidate)],
  [K.KEYCTL_MOVE, sysMove],
  [K.KEYCTL_CAPABILITIES, capabilities],
]);

export const keyctlFamily: Family = {
  keyctl: {
    handler: (task, args) => OPERATIONS.get(args.int(0))?.(task, args) ?? -EOPNOTSUPP,
    args: ['int', 'hex', 'hex', 'hex', 'hex'],
    status: 'partial',
    note: 'no public-key operations, persistent or restricted key rings',
  },
};
