/**
 * Shared mounts (fs/pnode.c, mount_namespaces(7)): what is mounted on one of a peer group, or taken from it, is mounted on and
 * taken from all of the group and all of its slaves.
 *
 * A group stands for what Linux links as peers. A mount belongs to at most one, and follows at most one other (its master's).
 */

import { MS_PRIVATE, MS_REC, MS_SHARED, MS_SILENT, MS_SLAVE, MS_UNBINDABLE } from '../abi/stat.js';
import type { Dentry, Mount } from './dentry.js';
import { isBelow, type MountNamespace, subtree } from './mounts.js';

/** The mounts that are shared with each other, and those that only follow them. */
export class PeerGroup {
  readonly peers = new Set<Mount>();
  readonly slaves = new Set<Mount>();

  /**
   * @param id the number that /proc/pid/mountinfo shows
   * @param ids those in use
   */
  constructor(
    readonly id: number,
    readonly ids: Set<number>,
  ) {
    ids.add(id);
  }
}

/** A group with the lowest number that is free. */
function newGroup(ids: Set<number>): PeerGroup {
  let id = 1;
  while (ids.has(id)) id++;
  return new PeerGroup(id, ids);
}

function join(mount: Mount, group: PeerGroup): void {
  mount.group = group;
  group.peers.add(mount);
}

function follow(mount: Mount, master: PeerGroup | undefined): void {
  mount.master?.slaves.delete(mount);
  mount.master = master;
  master?.slaves.add(mount);
}

/** MS_SHARED: a group of its own, if it has none; whom it follows it goes on following. */
export function makeShared(mounts: MountNamespace, mount: Mount): void {
  mount.unbindable = false;
  if (mount.group === undefined) join(mount, newGroup(mounts.groupIds));
}

/** MS_SLAVE: leaves its group and follows it; the last of a group takes it away, and whoever followed follows its master. */
export function makeSlave(mount: Mount): void {
  const { group } = mount;
  if (group === undefined) return;
  mount.group = undefined;
  group.peers.delete(mount);
  if (group.peers.size > 0) {
    follow(mount, group);
    return;
  }
  group.ids.delete(group.id);
  for (const slave of [...group.slaves]) follow(slave, mount.master);
}

/** MS_PRIVATE. */
export function makePrivate(mount: Mount): void {
  makeSlave(mount);
  follow(mount, undefined);
}

/** @param flags MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE; with MS_REC also for what is mounted below */
export function setPropagation(mounts: MountNamespace, mount: Mount, flags: number): void {
  const type = flags & ~(MS_REC | MS_SILENT);
  for (const m of (flags & MS_REC) !== 0 ? subtree(mount) : [mount]) {
    if (type === MS_SHARED) makeShared(mounts, m);
    else if (type === MS_SLAVE) makeSlave(m);
    else if (type === MS_PRIVATE || type === MS_UNBINDABLE) {
      makePrivate(m);
      m.unbindable = type === MS_UNBINDABLE;
    }
  }
}

/** A copy of a mount is a peer of it and follows whom it follows. */
export function inheritSharing(copy: Mount, old: Mount): void {
  if (old.group !== undefined) join(copy, old.group);
  follow(copy, old.master);
}

/** Mounts that hear of what happens at `at` on a shared mount, by group: the first list are peers, the rest follow. */
function* receivers(
  start: PeerGroup,
): Generator<{ mounts: Mount[]; group: PeerGroup | undefined; of: PeerGroup }> {
  const todo = [start];
  for (let of = todo.pop(); of !== undefined; of = todo.pop()) {
    const groups = new Set<PeerGroup>();
    const alone: Mount[] = [];
    for (const slave of of.slaves) {
      if (slave.group === undefined) alone.push(slave);
      else groups.add(slave.group);
    }
    if (alone.length > 0) yield { mounts: alone, group: undefined, of };
    for (const group of groups) {
      yield { mounts: [...group.peers], group, of };
      todo.push(group);
    }
  }
}

/** Every mount beside `mount` itself that what happens at `at` of it happens to as well. */
export function targets(mounts: MountNamespace, mount: Mount, at: Dentry): Mount[] {
  if (mount.group === undefined) return [];
  const out: Mount[] = [];
  const add = (m: Mount): void => {
    // Copies in the making are in their group already and mounted nowhere.
    if (m !== mount && mounts.has(m) && isBelow(at, m.root)) out.push(m);
  };
  for (const m of mount.group.peers) add(m);
  for (const { mounts: list } of receivers(mount.group)) for (const m of list) add(m);
  return out;
}

/** A tree of mounts that goes to `at` of `on`. */
export interface Arrival {
  readonly tree: Mount;
  readonly on: Mount;
  readonly at: Dentry;
}

/**
 * What else is to be mounted when `tree` is mounted at `at` of `on` (propagate_mnt). Makes all of `tree` shared if `on` is.
 * @param copy makes a copy of a tree that belongs to nobody's group and follows nobody
 */
export function propagateMount(
  mounts: MountNamespace,
  tree: Mount,
  on: Mount,
  at: Dentry,
  copy: (tree: Mount) => Mount,
): Arrival[] {
  const start = on.group;
  if (start === undefined) return [];
  for (const m of subtree(tree)) makeShared(mounts, m);
  const out: Arrival[] = [];
  /** The tree that stands for what a group got. */
  const given = new Map<PeerGroup, Mount>([[start, tree]]);
  const arrive = (list: Iterable<Mount>, group: PeerGroup | undefined, of: PeerGroup): void => {
    for (const m of list) {
      if (m === on || !mounts.has(m) || !isBelow(at, m.root)) continue;
      const twin = copy(tree);
      const first = group && given.get(group);
      if (first !== undefined) pairwise(twin, first, (a, b) => inheritSharing(a, b));
      else {
        pairwise(twin, given.get(of) ?? tree, (a, b) => follow(a, b.group));
        if (group !== undefined) {
          for (const part of subtree(twin)) makeShared(mounts, part);
          given.set(group, twin);
        }
      }
      out.push({ tree: twin, on: m, at });
    }
  };
  arrive(start.peers, start, start);
  for (const { mounts: list, group, of } of receivers(start)) {
    arrive(list, group, of);
    // Nobody of the group sees the place: its slaves follow those before it.
    if (group !== undefined && !given.has(group)) given.set(group, given.get(of) ?? tree);
  }
  return out;
}

/** Both trees are copies of one: their mounts side by side. */
function pairwise(a: Mount, b: Mount, each: (a: Mount, b: Mount) => void): void {
  const left = subtree(a);
  const right = subtree(b);
  for (let i = 0; i < left.length; i++) each(left[i] as Mount, right[i] as Mount);
}

/**
 * What goes with `gone` (propagate_umount): the mounts at the same places of peers and followers, unless something else is
 * mounted on them. What only covers them whole stays and goes down a storey.
 */
export function propagateUmount(mounts: MountNamespace, gone: ReadonlySet<Mount>): Set<Mount> {
  const also = new Set<Mount>();
  const asked = new Map<PeerGroup, Set<Dentry>>();
  for (const m of [...gone].reverse()) {
    const { parent, mountpoint } = m;
    const group = parent?.group;
    if (parent === undefined || mountpoint === undefined || group === undefined) continue;
    const places = asked.get(group) ?? new Set();
    if (places.has(mountpoint)) continue;
    asked.set(group, places.add(mountpoint));
    for (const target of targets(mounts, parent, mountpoint)) {
      const child = target.children.get(mountpoint);
      if (child === undefined || child.locked || gone.has(child)) continue;
      const left = [...child.children.values()].filter((c) => !also.has(c) && !gone.has(c));
      if (left.every((c) => c.mountpoint === child.root)) also.add(child);
    }
  }
  return also;
}
