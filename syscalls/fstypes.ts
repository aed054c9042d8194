/** sysfs(2): the list of file system types, as /proc/filesystems has it (fs/filesystems.c). */

import { EINVAL } from '../src/abi/errno.js';
import { putBytes } from '../src/abi/structs-file.js';
import { FILESYSTEM_TYPES } from '../src/fs/proc/machine.js';
import type { Task } from '../src/kernel/task.js';
import type { Family, SyscallArgs } from './family.js';

/** Type to number, number to type, how many there are. */
const BY_NAME = 1;
const BY_INDEX = 2;
const COUNT = 3;

function sysSysfs(task: Task, args: SyscallArgs): number {
  const option = args.int(0);
  if (option === BY_NAME) {
    const name = task.mem.path(args.ptr(1));
    if (typeof name === 'number') return name;
    const index = FILESYSTEM_TYPES.indexOf(name);
    return index < 0 ? -EINVAL : index;
  }
  if (option === BY_INDEX) {
    const name = FILESYSTEM_TYPES[args.uint(1)];
    if (name === undefined) return -EINVAL;
    putBytes(task.mem.stage(name.length + 1), 0, name);
    return task.mem.post(args.ptr(2), name.length + 1);
  }
  return option === COUNT ? FILESYSTEM_TYPES.length : -EINVAL;
}

export const fstypesFamily: Family = {
  sysfs: { handler: sysSysfs, args: ['int', 'hex', 'ptr'], status: 'full' },
};
