/** add_key(2) and request_key(2). */

import { EACCES, EAGAIN, EFAULT, EINVAL, ENOKEY, ENOTDIR, EPERM } from '../src/abi/errno.js';
import {
  KEY_NEED_LINK,
  KEY_NEED_WRITE,
  KEY_REQKEY_DEFL_DEFAULT,
  KEY_SPEC_PROCESS_KEYRING,
  KEY_SPEC_SESSION_KEYRING,
  KEY_SPEC_THREAD_KEYRING,
} from '../src/abi/keys.js';
import { defaultPerm, KEYRING, type Key, keyType } from '../src/kernel/keys/key.js';
import { type KeyRef, lookupKey, permits, ringsOf, searchRings } from '../src/kernel/keys/rings.js';
import type { Task } from '../src/kernel/task.js';
import type { Family, SyscallArgs } from './family.js';

const TYPE_MAX = 32;
const DESCRIPTION_MAX = 4096;
const PAYLOAD_MAX = (1 << 20) - 1;
/** How long a negative key lasts, ms. */
const NEGATIVE_MS = 60_000;

/** A string with at most `max` bytes including its end. @returns -EFAULT; -EINVAL when it is longer */
export function boundedString(task: Task, addr: number, max: number): string | number {
  const text = task.mem.string(addr, max);
  if (typeof text === 'string') return text;
  return text === -EFAULT ? -EFAULT : -EINVAL;
}

/** The name of a type. @returns -EFAULT, -EINVAL, -EPERM for the kernel's own */
export function typeName(task: Task, addr: number): string | number {
  const name = boundedString(task, addr, TYPE_MAX);
  if (typeof name === 'number') return name;
  if (name === '') return -EINVAL;
  return name.startsWith('.') ? -EPERM : name;
}

/** What a key is called; none and empty are the same. */
export function description(task: Task, addr: number): string | number {
  return addr === 0 ? '' : boundedString(task, addr, DESCRIPTION_MAX);
}

/** Contents of a key from the caller, at most `max` bytes. @returns -EINVAL, -EFAULT */
export function payloadOf(task: Task, addr: number, len: number, max = PAYLOAD_MAX): Uint8Array | number {
  if (len < 0 || len > max) return -EINVAL;
  const payload = new Uint8Array(addr === 0 ? 0 : len);
  if (payload.length > 0 && task.mem.read(addr, payload, 0, payload.length) < payload.length) return -EFAULT;
  return payload;
}

function sysAddKey(task: Task, args: SyscallArgs): number {
  if (args.long(3) < 0 || args.long(3) > PAYLOAD_MAX) return -EINVAL;
  const name = typeName(task, args.ptr(0));
  if (typeof name === 'number') return name;
  const text = description(task, args.ptr(1));
  if (typeof text === 'number') return text;
  if (name === KEYRING.name && text.startsWith('.')) return -EPERM;
  // A length without a place is a bad address.
  const len = args.long(3);
  if (args.ptr(2) === 0 && len > 0 && name !== KEYRING.name) return -EFAULT;
  const payload = payloadOf(task, args.ptr(2), len);
  if (typeof payload === 'number') return payload;
  const ring = lookupKey(task, args.int(4), { create: true, need: KEY_NEED_WRITE });
  if (typeof ring === 'number') return ring;
  return createOrUpdate(task, ring, name, text, payload);
}

/** key_create_or_update */
function createOrUpdate(task: Task, ring: KeyRef, name: string, text: string, payload: Uint8Array): number {
  const type = keyType(name);
  if (typeof type === 'number') return type;
  if (!ring.key.isRing) return -ENOTDIR;
  const invalid = type.checkPayload(payload) || type.checkDescription(text);
  if (invalid < 0) return invalid;
  if (text === '') return -EINVAL;
  const present = ring.key.links.get(`${name};${text}`);
  if (type.updatable && present !== undefined && present.validate() === 0) {
    if (!permits(task, { key: present, possessed: ring.possessed }, KEY_NEED_WRITE)) return -EACCES;
    const err = present.update(payload);
    return err < 0 ? err : present.serial;
  }
  const { fsuid, fsgid } = task.cred;
  const key = task.kernel.keys.create(type, text, fsuid, fsgid, defaultPerm(type), payload);
  return typeof key === 'number' ? key : linkNew(ring.key, key);
}

/** Links a key that nobody holds yet. @returns its serial number or -EDQUOT */
function linkNew(ring: Key, key: Key): number {
  key.hold();
  const err = ring.link(key);
  key.drop();
  return err < 0 ? err : key.serial;
}

function sysRequestKey(task: Task, args: SyscallArgs): number {
  const name = typeName(task, args.ptr(0));
  if (typeof name === 'number') return name;
  const text = description(task, args.ptr(1));
  if (typeof text === 'number') return text;
  const callout = args.ptr(2) === 0 ? undefined : boundedString(task, args.ptr(2), DESCRIPTION_MAX);
  if (typeof callout === 'number') return callout;
  let ring: KeyRef | undefined;
  if (args.int(3) !== 0) {
    const found = lookupKey(task, args.int(3), { create: true, need: KEY_NEED_WRITE });
    if (typeof found === 'number') return found;
    if (!found.key.isRing) return -ENOTDIR;
    ring = found;
  }
  const type = keyType(name);
  if (typeof type === 'number') return -ENOKEY;
  const found = searchRings(task, ringsOf(task), true, type, text);
  if (typeof found !== 'number') {
    if (ring === undefined) return found.key.serial;
    if (!permits(task, found, KEY_NEED_LINK)) return found.key.serial;
    const err = ring.key.link(found.key);
    return err < 0 ? err : found.key.serial;
  }
  if (found !== -EAGAIN) return found;
  return callout === undefined ? -ENOKEY : negative(task, ring, name, text);
}

/** There is no program to make keys on request: what would have been made says so for a while. */
function negative(task: Task, ring: KeyRef | undefined, name: string, text: string): number {
  const type = keyType(name);
  const target = ring?.key ?? requestRing(task);
  if (typeof type === 'number') return -ENOKEY;
  if (typeof target === 'number') return target;
  const { fsuid, fsgid } = task.cred;
  const key = task.kernel.keys.create(type, text, fsuid, fsgid, defaultPerm(type), new Uint8Array(0));
  if (typeof key === 'number') return key;
  key.rejected = ENOKEY;
  key.expiry = task.kernel.now() + NEGATIVE_MS;
  const err = linkNew(target, key);
  return err < 0 ? err : -ENOKEY;
}

/** Where new keys go that name no ring: as KEYCTL_SET_REQKEY_KEYRING said, or the nearest one that there is. */
function requestRing(task: Task): Key | number {
  let id = -task.requestKeyDefault;
  if (task.requestKeyDefault === KEY_REQKEY_DEFL_DEFAULT) {
    id = KEY_SPEC_SESSION_KEYRING;
    if (task.group.processRing !== undefined) id = KEY_SPEC_PROCESS_KEYRING;
    if (task.threadRing !== undefined) id = KEY_SPEC_THREAD_KEYRING;
  }
  const ref = lookupKey(task, id, { create: true, need: KEY_NEED_WRITE });
  return typeof ref === 'number' ? ref : ref.key;
}

export const keysFamily: Family = {
  add_key: {
    handler: sysAddKey,
    args: ['str', 'str', 'ptr', 'size', 'int'],
    status: 'partial',
    note: 'user, logon, big_key and keyring',
  },
  request_key: {
    handler: sysRequestKey,
    args: ['str', 'str', 'str', 'int'],
    status: 'partial',
    note: 'no program makes keys on request',
  },
};
