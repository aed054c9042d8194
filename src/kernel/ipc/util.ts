/** What the three kinds of System V IPC have in common: identifiers, keys and permissions (ipc/util.c). */

import { EACCES, EEXIST, EINVAL, ENOENT, ENOSPC, EPERM } from '../../abi/errno.js';
import { IPC_CREAT, IPC_EXCL, IPC_PRIVATE, IPCMNI, IPCMNI_SHIFT } from '../../abi/ipc.js';
import { CAP_IPC_OWNER, CAP_SYS_ADMIN } from '../../abi/sched.js';
import { type Cred, capable, inGroup } from '../cred.js';

/** Indices are used in turn, so that an identifier is not soon used again; at least so many of them (ipc_min_cycle). */
const MIN_CYCLE = 64;
const SEQ_MAX = 0x7fffffff >> IPCMNI_SHIFT;
/** uid_t or gid_t of nobody: (uid_t)-1. */
const INVALID_ID = 0xffffffff;

/** An object with an identifier (struct kern_ipc_perm). */
export class IpcObject {
  id = -1;
  seq = 0;
  uid: number;
  gid: number;
  readonly cuid: number;
  readonly cgid: number;
  /** Removed: whoever waited for it hears EIDRM. */
  deleted = false;

  constructor(
    public key: number,
    /** Permissions, and the flags that the kind keeps beside them. */
    public mode: number,
    cred: Cred,
  ) {
    this.uid = this.cuid = cred.euid;
    this.gid = this.cgid = cred.egid;
  }
  get index(): number {
    return this.id & (IPCMNI - 1);
  }
}

/** The objects of one kind (struct ipc_ids). */
export class IpcIds<T extends IpcObject> {
  private readonly objects = new Map<number, T>();
  private readonly keys = new Map<number, T>();
  private seq = 0;
  private lastIndex = -1;
  private nextIndex = 0;
  /** Identifier that the next object is to get if it can, -1 for none: /proc/sys/kernel/*_next_id. */
  nextId = -1;

  get size(): number {
    return this.objects.size;
  }
  /** Highest index in use, 0 also when there is none: what the INFO commands return. */
  get maxIndex(): number {
    let max = 0;
    for (const index of this.objects.keys()) if (index > max) max = index;
    return max;
  }
  /** All objects by ascending index. */
  all(): T[] {
    return [...this.objects.values()].sort((a, b) => a.index - b.index);
  }

  /** @returns the object of a key, if there is one */
  byKey(key: number): T | undefined {
    return this.keys.get(key);
  }

  /** @returns the object of an identifier, or -EINVAL also for one that another object had */
  byId(id: number): T | number {
    const object = id < 0 ? undefined : this.objects.get(id & (IPCMNI - 1));
    if (object === undefined) return -EINVAL;
    return object.id === id ? object : -EINVAL;
  }

  /** The same by the index alone: *_STAT. */
  byIndex(id: number): T | number {
    return (id < 0 ? undefined : this.objects.get(id & (IPCMNI - 1))) ?? -EINVAL;
  }

  /** Gives `object` an identifier. @param limit objects that there may be @returns the identifier or -ENOSPC */
  add(object: T, limit: number): number {
    if (this.objects.size >= Math.min(limit, IPCMNI)) return -ENOSPC;
    let index = this.nextId >= 0 ? this.wantedIndex(object) : this.cyclicIndex();
    if (index < 0) return -ENOSPC;
    if (this.nextId < 0) {
      if (index <= this.lastIndex) this.seq = (this.seq + 1) % SEQ_MAX;
      this.lastIndex = index;
      object.seq = this.seq;
    }
    this.nextId = -1;
    index += object.seq << IPCMNI_SHIFT;
    object.id = index;
    this.objects.set(object.index, object);
    if (object.key !== IPC_PRIVATE) this.keys.set(object.key, object);
    return object.id;
  }

  private wantedIndex(object: T): number {
    object.seq = this.nextId >> IPCMNI_SHIFT;
    let index = this.nextId & (IPCMNI - 1);
    while (index < IPCMNI && this.objects.has(index)) index++;
    return index < IPCMNI ? index : -1;
  }

  private cyclicIndex(): number {
    const end = Math.min(Math.max(Math.floor((this.objects.size * 3) / 2), MIN_CYCLE), IPCMNI);
    let index = this.nextIndex < end ? this.nextIndex : 0;
    for (let tried = 0; tried < end; tried++, index = index + 1 < end ? index + 1 : 0) {
      if (this.objects.has(index)) continue;
      this.nextIndex = index + 1;
      return index;
    }
    return -1;
  }

  /** The object cannot be found by its key any more. */
  hideKey(object: T): void {
    if (object.key !== IPC_PRIVATE) this.keys.delete(object.key);
    object.key = IPC_PRIVATE;
  }

  remove(object: T): void {
    this.objects.delete(object.index);
    if (object.key !== IPC_PRIVATE) this.keys.delete(object.key);
    object.deleted = true;
  }

  /**
   * semget(2), msgget(2), shmget(2) (ipcget).
   * @param flags IPC_CREAT, IPC_EXCL and permissions
   * @param make makes a new object and gives its identifier or -errno
   * @param check refuses an existing one for reasons of its kind
   */
  get(cred: Cred, key: number, flags: number, make: () => number, check: (object: T) => number): number {
    const object = key === IPC_PRIVATE ? undefined : this.keys.get(key);
    if (object === undefined) return key === IPC_PRIVATE || (flags & IPC_CREAT) !== 0 ? make() : -ENOENT;
    if ((flags & IPC_CREAT) !== 0 && (flags & IPC_EXCL) !== 0) return -EEXIST;
    const refused = check(object);
    if (refused < 0) return refused;
    return ipcAllowed(cred, object, flags) ? object.id : -EACCES;
  }

  /** The object for IPC_SET and IPC_RMID: -EINVAL, -EPERM for who is neither owner, creator nor CAP_SYS_ADMIN. */
  toChange(cred: Cred, id: number): T | number {
    const object = this.byId(id);
    if (typeof object === 'number') return object;
    if (cred.euid === object.cuid || cred.euid === object.uid || capable(cred, CAP_SYS_ADMIN)) return object;
    return -EPERM;
  }
}

/**
 * May `cred` access the object (ipcperms)?
 * @param wanted permission bits; those of owner, group and others count alike
 */
export function ipcAllowed(cred: Cred, object: IpcObject, wanted: number): boolean {
  const requested = ((wanted >> 6) | (wanted >> 3) | wanted) & 7;
  let granted = object.mode;
  if (cred.euid === object.cuid || cred.euid === object.uid) granted >>= 6;
  else if (inGroup(cred, object.cgid) || inGroup(cred, object.gid)) granted >>= 3;
  return (requested & ~granted & 7) === 0 || capable(cred, CAP_IPC_OWNER);
}

/** IPC_SET's change of owner and permissions (ipc_update_perm). @returns 0 or -EINVAL */
export function updatePerm(object: IpcObject, uid: number, gid: number, mode: number): number {
  if (uid === INVALID_ID || gid === INVALID_ID) return -EINVAL;
  object.uid = uid;
  object.gid = gid;
  object.mode = (object.mode & ~0o777) | (mode & 0o777);
  return 0;
}
