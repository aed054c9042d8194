/** The twelve extended attribute calls (fs/xattr.c). */

import {
  E2BIG,
  EBADF,
  EINVAL,
  ENAMETOOLONG,
  ENODATA,
  ENOTSUP,
  EOPNOTSUPP,
  EPERM,
  ERANGE,
} from '../src/abi/errno.js';
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW } from '../src/abi/fcntl.js';
import { XATTR_LIST_MAX, XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../src/abi/limits.js';
import { IN_ATTRIB } from '../src/abi/poll.js';
import { CAP_FOWNER, CAP_SETFCAP, CAP_SYS_ADMIN } from '../src/abi/sched.js';
import { S_IFDIR, S_IFMT, S_IFREG, S_ISVTX, XATTR_CREATE, XATTR_REPLACE } from '../src/abi/stat.js';
import { putBytes } from '../src/abi/structs-file.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import { inodeOf, type Path } from '../src/vfs/dentry.js';
import type { Inode } from '../src/vfs/inode.js';
import { notifyPath } from '../src/vfs/notify.js';
import { mayAccess, mountWritable } from '../src/vfs/permission.js';
import { fileOf, pathAt } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

const MAY_READ = 4;
const MAY_WRITE = 2;

/** How a call finds its file: by name following links, by name not following, or by descriptor. */
export type Find = (task: Task, args: SyscallArgs) => Path | number;

const byName: Find = (task, args) => pathAt(task, AT_FDCWD, args.ptr(0), 0);
const byLink: Find = (task, args) => pathAt(task, AT_FDCWD, args.ptr(0), AT_SYMLINK_NOFOLLOW);
const byFd: Find = (task, args) => fileOf(task, args.int(0))?.path ?? -EBADF;

/** The attribute's name: 1 to 255 bytes, else ERANGE. */
function attrName(task: Task, addr: number): string | number {
  const name = task.mem.string(addr, XATTR_NAME_MAX + 1);
  if (name === '' || name === -ENAMETOOLONG) return -ERANGE;
  return name;
}

/** Who may touch which name space (xattr_permission, and cap_inode_setxattr for `security.`). */
function checkName(task: Task, path: Path, inode: Inode, name: string, mask: number): number {
  const write = mask === MAY_WRITE;
  if (write) {
    const ro = mountWritable(path);
    if (ro < 0) return ro;
  }
  if (bareSpace(name)) return -EINVAL;
  if (name.startsWith('security.')) {
    const cap = name === 'security.capability' ? CAP_SETFCAP : CAP_SYS_ADMIN;
    return write && !capable(task.cred, cap) ? -EPERM : 0;
  }
  if (name.startsWith('system.')) return 0;
  if (name.startsWith('trusted.')) {
    if (capable(task.cred, CAP_SYS_ADMIN)) return 0;
    return write ? -EPERM : -ENODATA;
  }
  if (name.startsWith('user.')) {
    const attr = inode.getattr();
    const type = attr.mode & S_IFMT;
    if (type !== S_IFREG && type !== S_IFDIR) return write ? -EPERM : -ENODATA;
    const owner = task.cred.fsuid === attr.uid || capable(task.cred, CAP_FOWNER);
    if (type === S_IFDIR && (attr.mode & S_ISVTX) !== 0 && write && !owner) return -EPERM;
  }
  return mayAccess(task.cred, inode, mask);
}

/** Name spaces that exist at all; file systems answer for those that they keep. */
function knownSpace(name: string): boolean {
  return (
    name.startsWith('user.') ||
    name.startsWith('trusted.') ||
    name.startsWith('security.') ||
    name.startsWith('system.')
  );
}

/** A name space without a name in it (xattr_resolve_name). */
function bareSpace(name: string): boolean {
  return name.endsWith('.') && name.indexOf('.') === name.length - 1 && knownSpace(name);
}

/** Tells watches of a change that worked. */
function changed(path: Path, result: number): number {
  if (result >= 0) notifyPath(path, IN_ATTRIB);
  return result;
}

export function setxattr(find: Find) {
  return (task: Task, args: SyscallArgs): number => {
    const flags = args.int(4);
    // A descriptor is looked at before anything else; a path only after name and value were copied.
    const early = find === byFd ? find(task, args) : undefined;
    if (typeof early === 'number') return early;
    if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) !== 0) return -EINVAL;
    const name = attrName(task, args.ptr(1));
    if (typeof name === 'number') return name;
    const size = args.long(3);
    if (size < 0 || size > XATTR_SIZE_MAX) return -E2BIG;
    const value = new Uint8Array(size);
    if (size > 0) {
      const n = task.mem.view(args.ptr(2), size);
      if (typeof n === 'number') return n;
      value.set(new Uint8Array(n.buffer, n.byteOffset, size));
    }
    const path = early ?? find(task, args);
    if (typeof path === 'number') return path;
    const inode = inodeOf(path);
    const bad = checkName(task, path, inode, name, MAY_WRITE);
    if (bad < 0) return bad;
    return changed(path, knownSpace(name) ? inode.setxattr(name, value, flags) : -EOPNOTSUPP);
  };
}

export function getxattr(find: Find) {
  return (task: Task, args: SyscallArgs): number => {
    const early = find === byFd ? find(task, args) : undefined;
    if (typeof early === 'number') return early;
    const name = attrName(task, args.ptr(1));
    if (typeof name === 'number') return name;
    const path = early ?? find(task, args);
    if (typeof path === 'number') return path;
    const inode = inodeOf(path);
    const bad = checkName(task, path, inode, name, MAY_READ);
    if (bad < 0) return bad;
    const value = knownSpace(name) ? inode.getxattr(name) : -EOPNOTSUPP;
    if (typeof value === 'number') return value;
    const size = args.long(3);
    if (size === 0) return value.length;
    if (size > 0 && size < value.length) return -ERANGE;
    if (value.length === 0) return 0;
    const n = task.mem.write(args.ptr(2), value, 0, value.length);
    return n < 0 ? n : value.length;
  };
}

export function listxattr(find: Find) {
  return (task: Task, args: SyscallArgs): number => {
    const path = find(task, args);
    if (typeof path === 'number') return path;
    const all = inodeOf(path).listxattr();
    if (typeof all === 'number') return all === -ENOTSUP ? 0 : all;
    const admin = capable(task.cred, CAP_SYS_ADMIN);
    let text = '';
    for (const name of all) if (admin || !name.startsWith('trusted.')) text += `${name}\0`;
    const size = args.long(2);
    if (size === 0) return text.length;
    if (size > 0 && size < text.length) return -ERANGE;
    if (text.length > XATTR_LIST_MAX) return -E2BIG;
    if (text.length === 0) return 0;
    putBytes(task.mem.stage(text.length), 0, text);
    const err = task.mem.post(args.ptr(1), text.length);
    return err < 0 ? err : text.length;
  };
}

export function removexattr(find: Find) {
  return (task: Task, args: SyscallArgs): number => {
    const early = find === byFd ? find(task, args) : undefined;
    if (typeof early === 'number') return early;
    const name = attrName(task, args.ptr(1));
    if (typeof name === 'number') return name;
    const path = early ?? find(task, args);
    if (typeof path === 'number') return path;
    const inode = inodeOf(path);
    const bad = checkName(task, path, inode, name, MAY_WRITE);
    if (bad < 0) return bad;
    return changed(path, knownSpace(name) ? inode.removexattr(name) : -EOPNOTSUPP);
  };
}

export const xattrFamily: Family = {
  setxattr: { handler: setxattr(byName), args: ['path', 'str', 'ptr', 'size', 'hex'], status: 'full' },
  lsetxattr: { handler: setxattr(byLink), args: ['path', 'str', 'ptr', 'size', 'hex'], status: 'full' },
  fsetxattr: { handler: setxattr(byFd), args: ['fd', 'str', 'ptr', 'size', 'hex'], status: 'full' },
  getxattr: { handler: getxattr(byName), args: ['path', 'str', 'ptr', 'size'], status: 'full' },
  lgetxattr: { handler: getxattr(byLink), args: ['path', 'str', 'ptr', 'size'], status: 'full' },
  fgetxattr: { handler: getxattr(byFd), args: ['fd', 'str', 'ptr', 'size'], status: 'full' },
  listxattr: { handler: listxattr(byName), args: ['path', 'ptr', 'size'], status: 'full' },
  llistxattr: { handler: listxattr(byLink), args: ['path', 'ptr', 'size'], status: 'full' },
  flistxattr: { handler: listxattr(byFd), args: ['fd', 'ptr', 'size'], status: 'full' },
  removexattr: { handler: removexattr(byName), args: ['path', 'str'], status: 'full' },
  lremovexattr: { handler: removexattr(byLink), args: ['path', 'str'], status: 'full' },
  fremovexattr: { handler: removexattr(byFd), args: ['fd', 'str'], status: 'full' },
};
