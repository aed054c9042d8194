/** inotify_init(2), inotify_add_watch(2), inotify_rm_watch(2). */

import { EBADF, EINVAL } from '../src/abi/errno.js';
import {
  IN_ALL_EVENTS,
  IN_CLOEXEC,
  IN_DONT_FOLLOW,
  IN_EXCL_UNLINK,
  IN_ISDIR,
  IN_MASK_ADD,
  IN_MASK_CREATE,
  IN_NONBLOCK,
  IN_ONESHOT,
  IN_ONLYDIR,
  IN_UNMOUNT,
} from '../src/abi/poll.js';
import { Inotify } from '../src/fs/inotify.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { inodeOf } from '../src/vfs/dentry.js';
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW, resolve } from '../src/vfs/namei.js';
import { mayAccess } from '../src/vfs/permission.js';
import { installFd } from './anon-fd.js';
import { fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

const ALL_BITS =
  IN_ALL_EVENTS |
  IN_UNMOUNT |
  IN_ONLYDIR |
  IN_DONT_FOLLOW |
  IN_EXCL_UNLINK |
  IN_MASK_CREATE |
  IN_MASK_ADD |
  IN_ISDIR |
  IN_ONESHOT;

function init(task: Task, flags: number): number {
  if ((flags & ~(IN_CLOEXEC | IN_NONBLOCK)) !== 0) return -EINVAL;
  const file = Inotify.make(task.kernel, task.cred.uid, flags & IN_NONBLOCK);
  return typeof file === 'number' ? file : installFd(task, file, (flags & IN_CLOEXEC) !== 0);
}

function sysInotifyInit(task: Task): SyscallResult {
  return init(task, 0);
}

function sysInotifyInit1(task: Task, args: SyscallArgs): SyscallResult {
  return init(task, args.int(0));
}

function sysInotifyAddWatch(task: Task, args: SyscallArgs): SyscallResult {
  const mask = args.int(2);
  if ((mask & ALL_BITS) === 0) return -EINVAL;
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if ((mask & IN_MASK_ADD) !== 0 && (mask & IN_MASK_CREATE) !== 0) return -EINVAL;
  if (!(file instanceof Inotify)) return -EINVAL;
  const name = task.mem.path(args.ptr(1));
  if (typeof name === 'number') return name;
  const follow = (mask & IN_DONT_FOLLOW) === 0 ? LOOKUP_FOLLOW : 0;
  const path = resolve(task, task.fs.cwd, name, follow | ((mask & IN_ONLYDIR) !== 0 ? LOOKUP_DIRECTORY : 0));
  if (typeof path === 'number') return path;
  const denied = mayAccess(task.cred, inodeOf(path), 4);
  if (denied < 0) return denied;
  return file.addWatch(inodeOf(path), mask);
}

function sysInotifyRmWatch(task: Task, args: SyscallArgs): SyscallResult {
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  return file instanceof Inotify ? file.removeWatch(args.int(1)) : -EINVAL;
}

export const inotifyFamily: Family = {
  inotify_init: { handler: sysInotifyInit, args: [], status: 'full' },
  inotify_init1: { handler: sysInotifyInit1, args: ['hex'], status: 'full' },
  inotify_add_watch: {
    handler: sysInotifyAddWatch,
    args: ['fd', 'path', 'hex'],
    status: 'full',
  },
  inotify_rm_watch: { handler: sysInotifyRmWatch, args: ['fd', 'int'], status: 'full' },
};
