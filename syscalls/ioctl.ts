/** ioctl(2): what is the same for every file (fs/ioctl.c, do_vfs_ioctl); the rest is the file's. */

import { EBADF, EFAULT, ENOTTY, EOPNOTSUPP } from '../src/abi/errno.js';
import { O_NONBLOCK } from '../src/abi/fcntl.js';
import {
  FICLONE,
  FICLONERANGE,
  FIDEDUPERANGE,
  FIGETBSZ,
  FIOASYNC,
  FIOCLEX,
  FIOGETOWN,
  FIONBIO,
  FIONCLEX,
  FIONREAD,
  FIOQSIZE,
  FIOSETOWN,
  SIOCGPGRP,
  SIOCSPGRP,
} from '../src/abi/ioctl.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../src/abi/stat.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { Socket } from '../src/net/socket.js';
import type { OpenFile } from '../src/vfs/file.js';
import { fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { getOwner, setAsync, setOwner } from './fasync.js';

function setCloexec(task: Task, fd: number, on: boolean): number {
  const d = task.files.descriptor(fd);
  if (d === undefined) return -EBADF;
  d.cloexec = on;
  return 0;
}

/** FIONBIO: sets or clears O_NONBLOCK from an int. */
function setNonblock(task: Task, file: OpenFile, addr: number): number {
  const on = task.mem.i32(addr);
  if (Number.isNaN(on)) return -EFAULT;
  if (file.nonblock !== (on !== 0)) file.lane?.close();
  file.flags = on !== 0 ? file.flags | O_NONBLOCK : file.flags & ~O_NONBLOCK;
  return 0;
}

/** FIOASYNC: sets or clears O_ASYNC from an int; ENOTTY where the file has no readiness. */
function changeAsync(task: Task, file: OpenFile, fd: number, addr: number): number {
  const on = task.mem.i32(addr);
  if (Number.isNaN(on)) return -EFAULT;
  file.lane?.close();
  return setAsync(file, on !== 0, fd) ? 0 : -ENOTTY;
}

/** FIOSETOWN and SIOCSPGRP: F_SETOWN of a socket, from an int. */
function changeOwner(task: Task, socket: Socket, addr: number): number {
  const who = task.mem.i32(addr);
  return Number.isNaN(who) ? -EFAULT : setOwner(task, socket, who);
}

/** What every socket knows (net/socket.c, sock_ioctl); the rest is the protocol's. */
function socketIoctl(task: Task, socket: Socket, request: number, arg: number): SyscallResult {
  if (request === FIOSETOWN || request === SIOCSPGRP) return changeOwner(task, socket, arg);
  if (request === FIOGETOWN || request === SIOCGPGRP) return task.mem.putU32(arg, getOwner(task, socket));
  return socket.ioctl(task, request, arg);
}

function sysIoctl(task: Task, args: SyscallArgs): SyscallResult {
  const fd = args.int(0);
  const file = fileOf(task, fd);
  if (file === undefined) return -EBADF;
  const request = args.uint(1);
  const arg = args.ptr(2);
  switch (request) {
    case FIOCLEX:
      return setCloexec(task, fd, true);
    case FIONCLEX:
      return setCloexec(task, fd, false);
    case FIONBIO:
      return setNonblock(task, file, arg);
    case FIOASYNC:
      return changeAsync(task, file, fd, arg);
    case FIGETBSZ:
      return task.mem.putU32(arg, file.getattr().blksize);
    // No file system here shares extents: the answer of every one that does not.
    case FICLONE:
    case FICLONERANGE:
    case FIDEDUPERANGE:
      return -EOPNOTSUPP;
    case FIOQSIZE: {
      const attr = file.getattr();
      const type = attr.mode & S_IFMT;
      if (type !== S_IFREG && type !== S_IFDIR && type !== S_IFLNK) return -ENOTTY;
      return task.mem.putU64(arg, attr.size);
    }
    case FIONREAD: {
      const attr = file.getattr();
      if ((attr.mode & S_IFMT) !== S_IFREG) return file.ioctl(task, request, arg);
      return task.mem.putU32(arg, (attr.size - file.pos) >>> 0);
    }
    default:
      return file instanceof Socket ? socketIoctl(task, file, request, arg) : file.ioctl(task, request, arg);
  }
}

export const ioctlFamily: Family = {
  ioctl: { handler: sysIoctl, args: ['fd', 'hex', 'hex'], status: 'full' },
};
