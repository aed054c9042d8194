/**
 * What mount(2), umount2(2) and pivot_root(2) do once their arguments are decoded (fs/namespace.c). A sandbox has one mount
 * namespace. What it was started with belongs to its operator: as for a container in a user namespace, those mounts are locked.
 */

import { EAGAIN, EBUSY, EINVAL, ELOOP, ENOENT, ENOSPC, ENOTDIR, EPERM } from '../abi/errno.js';
import {
  MNT_DETACH,
  MNT_EXPIRE,
  MNT_FORCE,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_SHARED,
  MS_SILENT,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_UNBINDABLE,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
} from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import { Dentry, inodeOf, type Mount, type Path } from './dentry.js';
import { openFileSystem } from './filesystems.js';
import { hasWriters, mountsInUse, retireUnused, unmounted } from './mount-users.js';
import { isBelow, isReachable, MOUNT_MAX, SUPER_FLAGS, subtree } from './mounts.js';
import {
  inheritSharing,
  makePrivate,
  propagateMount,
  propagateUmount,
  setPropagation,
  targets,
} from './propagation.js';

const ATIME = MS_NOATIME | MS_NODIRATIME | MS_RELATIME;
const OWN_FLAGS = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW | ATIME;

function isDir(path: Path): boolean {
  return (inodeOf(path).mode & S_IFMT) === S_IFDIR;
}
/** A place is the root of the mount that it was found in. */
function isMountRoot(path: Path): boolean {
  return path.dentry === path.mount.root;
}

/** The flags of one mount from those of mount(2): relatime unless something else is asked for. */
export function ownFlags(flags: number): number {
  let own = flags & OWN_FLAGS & ~MS_RELATIME;
  if ((flags & MS_NOATIME) === 0) own |= MS_RELATIME;
  if ((flags & MS_STRICTATIME) !== 0) own &= ~(MS_RELATIME | MS_NOATIME);
  return own;
}

/** A link of /proc/pid/fd and its like: nothing is mounted on those, for what they name changes all the time. */
function isMagicLink(at: Path): boolean {
  return at.mount.fs.type === 'proc' && (inodeOf(at).mode & S_IFMT) === S_IFLNK;
}

/** May something be mounted at `at`? (graft_tree) */
function mayAttach(task: Task, mount: Mount, at: Path): number {
  const { mounts } = task.container;
  if (!mounts.has(at.mount)) return -EINVAL;
  if (at.dentry.unlinked || isMagicLink(at)) return -ENOENT;
  if (isDir(at) !== isDir({ mount, dentry: mount.root })) return -ENOTDIR;
  const places = 1 + targets(mounts, at.mount, at.dentry).length;
  return mounts.mounts.length + subtree(mount).length * places > MOUNT_MAX ? -ENOSPC : 0;
}

/** Puts a mount at `at`, and copies of it wherever that place is shared. @param put how the mount itself goes there */
function attach(task: Task, mount: Mount, at: Path, put: () => void): void {
  const { mounts } = task.container;
  const others = propagateMount(mounts, mount, at.mount, at.dentry, (tree) => copyTree(task, tree));
  put();
  for (const { tree, on, at: dentry } of others) mounts.attachBelow(tree, { mount: on, dentry });
}

/** A new mount of a file system by its type. @returns 0 or -errno */
export function mountNew(
  task: Task,
  at: Path,
  type: string,
  source: string,
  flags: number,
  data: string,
): number {
  const { mounts } = task.container;
  retireUnused(task.kernel);
  const fs = openFileSystem(task, type, source, data);
  if (typeof fs === 'number') return fs;
  const fresh = !mounts.isMounted(fs);
  // The same file system is not mounted twice in a row at one place.
  if (!fresh && isMountRoot(at) && at.mount.fs === fs) return -EBUSY;
  if (fresh) mounts.setSuperFlags(fs, flags & SUPER_FLAGS);
  const known = mounts.mounts.find((m) => m.fs === fs);
  const mount = mounts.create(
    fs,
    known === undefined ? new Dentry('', undefined, fs.root) : rootOf(known.root),
    ownFlags(flags),
  );
  const err = mayAttach(task, mount, at);
  if (err < 0) {
    if (fresh) fs.retire?.();
    return err;
  }
  attach(task, mount, at, () => mounts.attach(mount, at));
  return 0;
}

/** The root of the file system that `dentry` is in: a bind mount may show only a part of it. */
function rootOf(dentry: Dentry): Dentry {
  let d = dentry;
  while (d.parent !== undefined) d = d.parent;
  return d;
}

/** A copy of what is at `from`, with what is mounted below if `recurse` (do_loopback). @returns 0 or -errno */
export function mountBind(task: Task, at: Path, from: Path, recurse: boolean): number {
  const { mounts } = task.container;
  if (!mounts.has(from.mount) || from.mount.unbindable) return -EINVAL;
  const below = [...from.mount.children.values()].filter((m) => isBelow(m.mountpoint ?? m.root, from.dentry));
  if (!recurse && below.some((m) => m.locked)) return -EINVAL;
  const all = recurse ? below.flatMap(subtree) : [];
  // Left out of the copy it would show what it covers (copy_tree).
  if (all.some((m) => m.locked && m.unbindable)) return -EPERM;
  const count = 1 + all.length;
  const copy = copyMount(task, from.mount, from);
  copy.locked = false;
  const err = mayAttach(task, copy, at);
  if (err < 0) return err;
  if (mounts.mounts.length + count * (1 + targets(mounts, at.mount, at.dentry).length) > MOUNT_MAX)
    return -ENOSPC;
  inheritSharing(copy, from.mount);
  if (recurse) copyBelow(task, from, copy, true);
  attach(task, copy, at, () => mounts.attach(copy, at));
  return 0;
}

function copyMount(task: Task, old: Mount, root: Path): Mount {
  const copy = task.container.mounts.create(old.fs, root.dentry, old.ownFlags);
  copy.locked = old.locked;
  copy.lockedFlags = old.lockedFlags;
  copy.shown = old.shown;
  return copy;
}

/** A copy of a mount and of all below it, not yet anywhere, that is shared with nobody. */
function copyTree(task: Task, tree: Mount): Mount {
  const whole = { mount: tree, dentry: tree.root };
  const copy = copyMount(task, tree, whole);
  copyBelow(task, whole, copy, false);
  return copy;
}

/**
 * Copies the mounts on `from` and below to the same places of `top`, its copy; the unbindable ones stay out.
 * @param sharing the copies are peers of what they are copies of
 */
function copyBelow(task: Task, from: Path, top: Mount, sharing: boolean): void {
  // A list, as guests may mount on mounts deeper than our stack is.
  const todo: [Path, Mount][] = [[from, top]];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [old, copy] = next;
    for (const [place, child] of old.mount.children) {
      if (child.unbindable || !isBelow(place, old.dentry)) continue;
      const whole = { mount: child, dentry: child.root };
      const twin = copyMount(task, child, whole);
      if (sharing) inheritSharing(twin, child);
      // Not attached by the namespace yet: that is done for the whole tree at once.
      twin.parent = copy;
      twin.mountpoint = place;
      copy.children.set(place, twin);
      place.mountpoint++;
      todo.push([whole, twin]);
    }
  }
}

/** Other flags for one mount: MS_REMOUNT | MS_BIND. @returns 0 or -errno */
export function remountBind(task: Task, at: Path, flags: number): number {
  const { mount } = at;
  if (!task.container.mounts.has(mount) || !isMountRoot(at)) return -EINVAL;
  const wanted = keptAtime(mount, flags);
  if ((mount.lockedFlags & ~wanted) !== 0) return -EPERM;
  if ((wanted & ~mount.ownFlags & MS_RDONLY) !== 0 && hasWriters(task.kernel, mount.fs, mount)) return -EBUSY;
  mount.ownFlags = wanted;
  task.container.mounts.refresh(mount);
  return 0;
}

/** Where nothing is said about access times they stay as they are. */
function keptAtime(mount: Mount, flags: number): number {
  if ((flags & (ATIME | MS_STRICTATIME)) !== 0) return ownFlags(flags);
  return (ownFlags(flags) & ~ATIME) | (mount.ownFlags & ATIME);
}

/** Other flags and options for a file system and this mount of it: MS_REMOUNT. @returns 0 or -errno */
export function remount(task: Task, at: Path, flags: number, data: string): number {
  const { mount } = at;
  const { mounts } = task.container;
  if (!mounts.has(mount) || !isMountRoot(at)) return -EINVAL;
  if (mounts.isOperators(mount.fs)) return -EPERM;
  const wanted = keptAtime(mount, flags);
  if ((mount.lockedFlags & ~wanted) !== 0) return -EPERM;
  const readOnly = (flags & ~mounts.superFlagsOf(mount.fs) & MS_RDONLY) !== 0;
  if (readOnly && hasWriters(task.kernel, mount.fs, undefined)) return -EBUSY;
  const err = data === '' ? 0 : (mount.fs.reconfigure?.(data) ?? -EINVAL);
  if (err < 0) return err;
  mount.ownFlags = wanted;
  mounts.setSuperFlags(mount.fs, flags & SUPER_FLAGS);
  return 0;
}

/** MS_SHARED, MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE, each also with MS_REC. @returns 0 or -errno */
export function changeType(task: Task, at: Path, flags: number): number {
  const type = flags & ~(MS_REC | MS_SILENT);
  if (type !== MS_PRIVATE && type !== MS_SLAVE && type !== MS_UNBINDABLE && type !== MS_SHARED)
    return -EINVAL;
  const { mounts } = task.container;
  if (!mounts.has(at.mount) || !isMountRoot(at)) return -EINVAL;
  setPropagation(mounts, at.mount, flags);
  return 0;
}

/** MS_MOVE. @returns 0 or -errno */
export function moveMount(task: Task, at: Path, from: Path): number {
  const { mounts } = task.container;
  if (!isMountRoot(from)) return -EINVAL;
  const { mount } = from;
  if (!mounts.has(mount) || !mounts.has(at.mount)) return -EINVAL;
  if (mount.parent === undefined || mount.locked) return -EINVAL;
  if (at.dentry.unlinked) return -ENOENT;
  if (isDir(at) !== isDir(from)) return -EINVAL;
  // Its place is not left alone by peers that keep what is there.
  if (mount.parent.group !== undefined) return -EINVAL;
  const tree = subtree(mount);
  if (at.mount.group !== undefined && tree.some((m) => m.unbindable)) return -EINVAL;
  for (let m: Mount | undefined = at.mount; m !== undefined; m = m.parent) if (m === mount) return -ELOOP;
  const copies = targets(mounts, at.mount, at.dentry).length;
  if (mounts.mounts.length + tree.length * copies > MOUNT_MAX) return -ENOSPC;
  attach(task, mount, at, () => mounts.move(mount, at));
  return 0;
}

/** umount2(2). @param flags MNT_FORCE, MNT_DETACH, MNT_EXPIRE @returns 0 or -errno */
export function umountAt(task: Task, at: Path, flags: number): number {
  const { mounts } = task.container;
  const { mount } = at;
  if (!isMountRoot(at) || !mounts.has(mount) || mount.locked || mount.parent === undefined) return -EINVAL;
  const detach = (flags & MNT_DETACH) !== 0;
  const tree = new Set(subtree(mount));
  const also = propagateUmount(mounts, tree);
  if ((flags & MNT_EXPIRE) !== 0) {
    if (mount === task.fs.root.mount || (flags & (MNT_FORCE | MNT_DETACH)) !== 0) return -EINVAL;
    if (mountsInUse(task.kernel).has(mount)) return -EBUSY;
    if (!mount.expiring) {
      mount.expiring = true;
      return -EAGAIN;
    }
  } else if (!detach) {
    const used = mountsInUse(task.kernel);
    if (used.has(mount) || [...also].some((m) => used.has(m))) return -EBUSY;
  }
  if (!detach && mount.children.size > 0) return -EBUSY;
  mounts.detach(mount, also);
  const gone = [...tree, ...also];
  for (const m of gone) makePrivate(m);
  unmounted(task.kernel, new Set(gone.map((m) => m.fs)));
  return 0;
}

/** pivot_root(2): `to` becomes the root, and the root of before goes to `putOld`. @returns 0 or -errno */
export function pivotRoot(task: Task, to: Path, putOld: Path): number {
  const { container } = task;
  const { mounts } = container;
  const { root } = task.fs;
  if (!mounts.has(root.mount) || !mounts.has(to.mount) || !mounts.has(putOld.mount)) return -EINVAL;
  if (to.dentry.unlinked) return -ENOENT;
  if (to.mount === root.mount || putOld.mount === root.mount) return -EBUSY;
  if (to.mount.locked) return -EINVAL;
  // Peers of these would show something else than before.
  if ([putOld.mount, to.mount.parent, root.mount.parent].some((m) => m?.group !== undefined)) return -EINVAL;
  // A root that was set by chroot(2) is no mount to put away.
  if (!isMountRoot(root) || root.mount !== mounts.root || !isMountRoot(to)) return -EINVAL;
  if (!isReachable(putOld, to) || !isReachable(to, root)) return -EINVAL;
  mounts.pivot(to.mount, putOld);
  for (const t of task.kernel.tasks.values()) {
    if (t.fs.root.mount === root.mount && t.fs.root.dentry === root.dentry) t.fs.root = to;
    if (t.fs.cwd.mount === root.mount && t.fs.cwd.dentry === root.dentry) t.fs.cwd = to;
  }
  return 0;
}
