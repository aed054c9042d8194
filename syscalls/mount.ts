/** mount(2), umount2(2), pivot_root(2): decoding; what they do is src/vfs/mount-calls.ts. */

import { EINVAL, ENAMETOOLONG, EPERM } from '../src/abi/errno.js';
import { AT_FDCWD } from '../src/abi/fcntl.js';
import { PATH_MAX } from '../src/abi/limits.js';
import { CAP_SYS_ADMIN } from '../src/abi/sched.js';
import {
  MNT_DETACH,
  MNT_EXPIRE,
  MNT_FORCE,
  MS_BIND,
  MS_MGC_MSK,
  MS_MGC_VAL,
  MS_MOVE,
  MS_NOUSER,
  MS_PRIVATE,
  MS_REC,
  MS_REMOUNT,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
  UMOUNT_NOFOLLOW,
} from '../src/abi/stat.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import type { Path } from '../src/vfs/dentry.js';
import {
  changeType,
  mountBind,
  mountNew,
  moveMount,
  pivotRoot,
  remount,
  remountBind,
  umountAt,
} from '../src/vfs/mount-calls.js';
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW, resolveAt } from '../src/vfs/namei.js';
import type { Family, SyscallArgs } from './family.js';

/** Bytes of the `data` argument. */
const DATA_MAX = 4096;

/** A string argument that may be absent: '' then. Longer than a path is -EINVAL (strndup_user). */
function optionalString(task: Task, addr: number): string | number {
  if (addr === 0) return '';
  const text = task.mem.string(addr, PATH_MAX);
  return text === -ENAMETOOLONG ? -EINVAL : text;
}

/** Options: a page at most; what is longer ends there (copy_mount_options). */
function optionText(task: Task, addr: number): string | number {
  if (addr === 0) return '';
  const bytes = new Uint8Array(DATA_MAX - 1);
  const n = task.mem.read(addr, bytes, 0, bytes.length);
  if (n < 0) return n;
  const text = Buffer.from(bytes.subarray(0, n)).toString('latin1');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function placeOf(task: Task, name: string): Path | number {
  return resolveAt(task, AT_FDCWD, name, LOOKUP_FOLLOW);
}

function sysMount(task: Task, args: SyscallArgs): number {
  const type = optionalString(task, args.ptr(2));
  if (typeof type === 'number') return type;
  const source = optionalString(task, args.ptr(0));
  if (typeof source === 'number') return source;
  const data = optionText(task, args.ptr(4));
  if (typeof data === 'number') return data;
  const name = task.mem.path(args.ptr(1));
  if (typeof name === 'number') return name;
  const at = placeOf(task, name);
  if (typeof at === 'number') return at;
  let flags = args.int(3);
  if ((flags & MS_MGC_MSK) === (MS_MGC_VAL | 0)) flags &= ~MS_MGC_MSK;
  if ((flags & MS_NOUSER) !== 0) return -EINVAL;
  if (!capable(task.cred, CAP_SYS_ADMIN)) return -EPERM;
  if ((flags & MS_REMOUNT) !== 0)
    return (flags & MS_BIND) !== 0 ? remountBind(task, at, flags) : remount(task, at, flags, data);
  if ((flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)) !== 0 && (flags & MS_BIND) === 0)
    return changeType(task, at, flags);
  // On top of what is there: a working directory may be below it.
  const top = task.container.mounts.lookupMount(at);
  if ((flags & (MS_BIND | MS_MOVE)) === 0) {
    if (args.ptr(2) === 0) return -EINVAL;
    return mountNew(task, top, type, source === '' ? 'none' : source, flags, data);
  }
  if (source === '') return -EINVAL;
  const from = placeOf(task, source);
  if (typeof from === 'number') return from;
  return (flags & MS_BIND) !== 0
    ? mountBind(task, top, from, (flags & MS_REC) !== 0)
    : moveMount(task, top, from);
}

function sysUmount2(task: Task, args: SyscallArgs): number {
  const flags = args.int(1);
  if ((flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) !== 0) return -EINVAL;
  const name = task.mem.path(args.ptr(0));
  if (typeof name === 'number') return name;
  const at = resolveAt(task, AT_FDCWD, name, (flags & UMOUNT_NOFOLLOW) !== 0 ? 0 : LOOKUP_FOLLOW);
  if (typeof at === 'number') return at;
  return capable(task.cred, CAP_SYS_ADMIN) ? umountAt(task, at, flags) : -EPERM;
}

function sysPivotRoot(task: Task, args: SyscallArgs): number {
  if (!capable(task.cred, CAP_SYS_ADMIN)) return -EPERM;
  const places: Path[] = [];
  for (const addr of [args.ptr(0), args.ptr(1)]) {
    const name = task.mem.path(addr);
    if (typeof name === 'number') return name;
    const path = resolveAt(task, AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
    if (typeof path === 'number') return path;
    places.push(path);
  }
  return pivotRoot(task, places[0] as Path, task.container.mounts.lookupMount(places[1] as Path));
}

export const mountFamily: Family = {
  mount: {
    handler: sysMount,
    args: ['path', 'path', 'str', 'hex', 'ptr'],
    status: 'partial',
    note: 'tmpfs, bind, move and remount, and the one proc, sysfs and devpts; what the sandbox was started with is locked',
  },
  umount2: {
    handler: sysUmount2,
    args: ['path', 'hex'],
    status: 'full',
    note: 'what the sandbox was started with is locked: EINVAL',
  },
  pivot_root: { handler: sysPivotRoot, args: ['path', 'path'], status: 'full' },
};
