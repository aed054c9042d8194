/** The extended attribute calls of Linux 6.13 that take a directory and flags (fs/xattr.c). */

import { E2BIG, EINVAL } from '../src/abi/errno.js';
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW } from '../src/abi/fcntl.js';
import type { Task } from '../src/kernel/task.js';
import { pathAt } from './descriptors.js';
import type { Family, Handler, SyscallArgs } from './family.js';
import { type Find, getxattr, listxattr, removexattr, setxattr } from './xattr.js';

/** struct xattr_args: value (8), size (4), flags (4). */
const ARGS_SIZE = 16;
const ARGS_MAX = 4096;

/** Where the file is: the first three arguments. */
const byPlace: Find = (task, args) => pathAt(task, args.int(0), args.ptr(1), args.int(2));

/** The arguments of the older call, for the code that both share; the place stays that of the new one. */
class Older implements SyscallArgs {
  constructor(private readonly values: readonly number[]) {}
  private at(i: number): number {
    return this.values[i] ?? 0;
  }
  int(i: number): number {
    return this.at(i) | 0;
  }
  uint(i: number): number {
    return this.at(i) >>> 0;
  }
  long(i: number): number {
    return this.at(i);
  }
  ptr(i: number): number {
    return this.at(i);
  }
  big(i: number): bigint {
    return BigInt(this.at(i));
  }
}

type Maker = (find: Find) => (task: Task, args: SyscallArgs) => number;

/** Calls what `make` makes with `values` behind the place. */
function at(make: Maker, values: (task: Task, args: SyscallArgs) => number[] | number): Handler {
  return (task, args) => {
    if ((args.int(2) & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
    const rest = values(task, args);
    if (typeof rest === 'number') return rest;
    return make(() => byPlace(task, args))(task, new Older([0, ...rest]));
  };
}

/** Name, value, size and flags of setxattrat(2) and getxattrat(2). */
function structured(task: Task, args: SyscallArgs): number[] | number {
  const size = args.long(5);
  if (size < ARGS_SIZE) return -EINVAL;
  if (size > ARGS_MAX) return -E2BIG;
  const dv = task.mem.view(args.ptr(4), size);
  if (typeof dv === 'number') return dv;
  for (let i = ARGS_SIZE; i < size; i++) if (dv.getUint8(i) !== 0) return -E2BIG;
  return [args.ptr(3), Number(dv.getBigUint64(0, true)), dv.getUint32(8, true), dv.getUint32(12, true)];
}

/** Reading knows no flags. */
function forReading(task: Task, args: SyscallArgs): number[] | number {
  const values = structured(task, args);
  return typeof values !== 'number' && values[3] !== 0 ? -EINVAL : values;
}

export const xattrAtFamily: Family = {
  setxattrat: {
    handler: at(setxattr, structured),
    args: ['dirfd', 'path', 'at-flags', 'str', 'struct', 'size'],
    status: 'full',
  },
  getxattrat: {
    handler: at(getxattr, forReading),
    args: ['dirfd', 'path', 'at-flags', 'str', 'struct', 'size'],
    status: 'full',
  },
  listxattrat: {
    handler: at(listxattr, (_task, args) => [args.ptr(3), args.long(4)]),
    args: ['dirfd', 'path', 'at-flags', 'ptr', 'size'],
    status: 'full',
  },
  removexattrat: {
    handler: at(removexattr, (_task, args) => [args.ptr(3)]),
    args: ['dirfd', 'path', 'at-flags', 'str'],
    status: 'full',
  },
};
