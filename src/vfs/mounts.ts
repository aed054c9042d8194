/** The mount tree (fs/namespace.c): the structure, and what keeps it whole. Who may change it how is mount-calls.ts. */

import { EBUSY, EINVAL } from '../abi/errno.js';
import { POLLERR, POLLPRI } from '../abi/poll.js';
import {
  MS_DIRSYNC,
  MS_LAZYTIME,
  MS_MANDLOCK,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_SYNCHRONOUS,
} from '../abi/stat.js';
import { WaitQueue } from '../kernel/wait.js';
import { Dentry, Mount, type Path } from './dentry.js';
import type { FileSystem } from './inode.js';

/** The first mount id, as a booted machine's numbers look. */
const FIRST_ID = 20;
/** fs.mount-max: each one is memory of the sentry and a line of /proc/mounts. */
export const MOUNT_MAX = 10_000;
/** Flags of a file system, the same for all its mounts (SB_*). */
export const SUPER_FLAGS = MS_RDONLY | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_LAZYTIME;
/** What must not be taken from a mount of the operator's. */
const PROTECTED = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

export class MountNamespace {
  /** How often the tree has changed, and who waits for that (poll of /proc/pid/mounts). */
  count = 0;
  readonly queue = new WaitQueue();
  /** In the order of mounting. */
  readonly mounts: Mount[] = [];
  /** Numbers of peer groups in use. */
  readonly groupIds = new Set<number>();
  private nextId = FIRST_ID;
  private top: Mount | undefined;
  /** Flags of file systems that have any. */
  private readonly superFlags = new WeakMap<FileSystem, number>();
  /** File systems that the sandbox was started with. */
  private readonly operators = new Set<FileSystem>();

  /** The root mount; only there after the first `mount`. */
  get root(): Mount {
    if (this.top === undefined) throw new Error('mount namespace without a root');
    return this.top;
  }

  /**
   * Mounts `fs`.
   * @param at where; undefined for the root mount. What is mounted there already is covered.
   * @param flags MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_RELATIME
   */
  mount(fs: FileSystem, at: Path | undefined, flags: number): Mount {
    const mount = this.create(fs, new Dentry('', undefined, fs.root), flags);
    if (at === undefined) {
      this.top = mount;
      this.mounts.push(mount);
    } else this.attach(mount, this.lookupMount(at));
    return mount;
  }

  /** Another mount that shows `root` of a file system, not yet anywhere. @param flags its own */
  create(fs: FileSystem, root: Dentry, flags: number): Mount {
    const mount = new Mount(this.nextId++, fs, root, undefined, undefined, flags);
    this.refresh(mount);
    return mount;
  }

  private changed(): void {
    this.count++;
    this.queue.wake(POLLERR | POLLPRI);
  }

  /** Puts a mount that is nowhere, with what is mounted below it, at `at`, where no other is. */
  attach(mount: Mount, at: Path): void {
    this.hook(mount, at);
    for (const m of subtree(mount)) {
      this.mounts.push(m);
      // The name that it shows must stay in the cache.
      m.root.inode?.hold();
    }
    this.changed();
  }

  /** Like `attach`, but what is mounted there already comes to lie on top. */
  attachBelow(mount: Mount, at: Path): void {
    const over = at.mount.children.get(at.dentry);
    if (over !== undefined) this.unhook(over);
    this.attach(mount, at);
    if (over !== undefined) this.hook(over, { mount, dentry: mount.root });
  }

  /**
   * Takes a mount, with what is mounted below it, out of the tree; who still has it goes on using it.
   * @param also single mounts that go at the same time; what covers one of them comes to lie in its place
   */
  detach(mount: Mount, also: Iterable<Mount> = []): void {
    const gone = new Set(subtree(mount));
    this.unhook(mount);
    for (const m of also) {
      gone.add(m);
      const { parent, mountpoint } = m;
      const over = m.children.get(m.root);
      this.unhook(m);
      if (over === undefined || parent === undefined || mountpoint === undefined) continue;
      this.unhook(over);
      this.hook(over, { mount: parent, dentry: mountpoint });
    }
    const left = this.mounts.filter((m) => !gone.has(m));
    this.mounts.splice(0, this.mounts.length, ...left);
    for (const m of gone) m.root.inode?.drop();
    this.changed();
  }

  private hook(mount: Mount, at: Path): void {
    mount.parent = at.mount;
    mount.mountpoint = at.dentry;
    at.mount.children.set(at.dentry, mount);
    at.dentry.mountpoint++;
  }

  /** Takes everything out of the tree, which nobody lives in any more. @returns the file systems that were mounted */
  dissolve(): Set<FileSystem> {
    const all = new Set(this.mounts.map((m) => m.fs));
    for (const m of this.mounts) m.root.inode?.drop();
    this.mounts.length = 0;
    this.changed();
    return all;
  }

  private unhook(mount: Mount): void {
    if (mount.parent === undefined || mount.mountpoint === undefined) return;
    mount.parent.children.delete(mount.mountpoint);
    mount.mountpoint.mountpoint--;
    mount.parent = undefined;
    mount.mountpoint = undefined;
  }

  /** Moves a mount to another place; nothing else changes. */
  move(mount: Mount, at: Path): void {
    this.unhook(mount);
    this.hook(mount, at);
    this.changed();
  }

  /** `mount` becomes the root, and the root of before lies at `at` below it. */
  pivot(mount: Mount, at: Path): void {
    const old = this.root;
    this.unhook(mount);
    this.top = mount;
    mount.locked = old.locked;
    old.locked = false;
    this.move(old, at);
  }

  /** @returns 0, -EBUSY when other mounts lie below, -EINVAL for the root */
  umount(mount: Mount): number {
    if (mount.parent === undefined) return -EINVAL;
    if (mount.children.size > 0) return -EBUSY;
    this.detach(mount);
    return 0;
  }

  /** What is seen at `path`: the root of the topmost mount there, or `path` itself. */
  lookupMount(path: Path): Path {
    let { mount, dentry } = path;
    while (dentry.mountpoint > 0) {
      const over = mount.children.get(dentry);
      if (over === undefined) break;
      mount = over;
      dentry = over.root;
    }
    return mount === path.mount && dentry === path.dentry ? path : { mount, dentry };
  }

  /** True for a mount that is in the tree. */
  has(mount: Mount): boolean {
    let m = mount;
    while (m.parent !== undefined) m = m.parent;
    return m === this.top;
  }

  /** Everything that is there now is the operator's: guests may cover and copy it, and neither remove nor weaken it. */
  seal(): void {
    for (const m of this.mounts) {
      m.locked = true;
      m.lockedFlags = m.flags & PROTECTED;
      this.operators.add(m.fs);
    }
  }
  isOperators(fs: FileSystem): boolean {
    return this.operators.has(fs);
  }

  /** Flags that all mounts of `fs` share. */
  superFlagsOf(fs: FileSystem): number {
    return this.superFlags.get(fs) ?? 0;
  }
  setSuperFlags(fs: FileSystem, flags: number): void {
    this.superFlags.set(fs, flags & SUPER_FLAGS);
    for (const m of this.mounts) if (m.fs === fs) this.refresh(m);
  }
  /** Works the effective flags out anew after `ownFlags` changed. */
  refresh(mount: Mount): void {
    mount.flags = mount.ownFlags | this.superFlagsOf(mount.fs);
  }

  /**
   * True if something that must stay covered lies below `dentry`: in another directory it could be seen through a mount that
   * shows that directory only.
   */
  coversBelow(dentry: Dentry): boolean {
    if (dentry.children === undefined) return false;
    return this.mounts.some((m) => m.locked && m.mountpoint !== undefined && isBelow(m.mountpoint, dentry));
  }

  isMounted(fs: FileSystem): boolean {
    return this.mounts.some((m) => m.fs === fs);
  }
}

/** A mount and everything mounted below it, from the top. */
export function subtree(mount: Mount): Mount[] {
  const out = [mount];
  for (let i = 0; i < out.length; i++) out.push(...(out[i] as Mount).children.values());
  return out;
}

/** True if `dentry` is `top` or below it, in one file system. */
export function isBelow(dentry: Dentry, top: Dentry): boolean {
  for (let d: Dentry | undefined = dentry; d !== undefined; d = d.parent) if (d === top) return true;
  return false;
}

/** True if `path` can be reached from `top` by going down. */
export function isReachable(path: Path, top: Path): boolean {
  let { mount, dentry } = path;
  while (mount !== top.mount) {
    if (mount.parent === undefined || mount.mountpoint === undefined) return false;
    dentry = mount.mountpoint;
    mount = mount.parent;
  }
  return isBelow(dentry, top.dentry);
}
