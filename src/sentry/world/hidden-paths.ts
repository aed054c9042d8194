/** Paths that config.json takes from a container's sight (maskedPaths), or makes read-only (readonlyPaths). */

import { MS_RDONLY, MS_RELATIME } from '../../abi/stat.js';
import { newDevice } from '../../fs/tmpfs/mount.js';
import { TmpFs } from '../../fs/tmpfs/tmpfs.js';
import type { Kernel } from '../../kernel/kernel.js';
import { Dentry, type Mount, type Path } from '../../vfs/dentry.js';
import { isBelow, type MountNamespace } from '../../vfs/mounts.js';
import { toBytes } from '../world.js';
import { isDirectory, type Places } from './places.js';

/** Shows what is at `path` once more in the same place, with what is mounted below, so that it can have flags of its own. */
function bindOnItself(ns: MountNamespace, path: Path): Mount {
  const copy = ns.create(path.mount.fs, path.dentry, path.mount.ownFlags);
  copy.shown = path.mount.shown;
  const below = [...path.mount.children].filter(
    ([place]) => place !== path.dentry && isBelow(place, path.dentry),
  );
  ns.attach(copy, path);
  // They go on being reached by the same names, through the new mount.
  for (const [place, child] of below) ns.move(child, { mount: copy, dentry: place });
  return copy;
}

/** Those that are not there are left out. */
export function makeReadonly(ns: MountNamespace, places: Places, paths: readonly string[]): void {
  for (const text of paths) {
    const path = places.find(toBytes(text));
    if (typeof path === 'number') continue;
    const mount =
      path.dentry === path.mount.root && path.mount !== ns.root ? path.mount : bindOnItself(ns, path);
    mount.ownFlags |= MS_RDONLY;
    ns.refresh(mount);
  }
}

/** Covers directories with an empty one, and everything else with the null device. Those that are not there are left out. */
export function mask(kernel: Kernel, ns: MountNamespace, places: Places, paths: readonly string[]): void {
  for (const text of paths) {
    const path = places.find(toBytes(text));
    if (typeof path === 'number' || (path.mount === ns.root && path.dentry === ns.root.root)) continue;
    if (isDirectory(path)) {
      const empty = new TmpFs(kernel.native, { dev: newDevice(kernel) });
      ns.attach(ns.create(empty, new Dentry('', undefined, empty.root), MS_RDONLY | MS_RELATIME), path);
      ns.setSuperFlags(empty, MS_RDONLY);
      continue;
    }
    const nothing = places.find('/dev/null');
    if (typeof nothing === 'number') continue;
    const cover = ns.create(nothing.mount.fs, nothing.dentry, nothing.mount.ownFlags);
    cover.shown = nothing.mount.shown;
    ns.attach(cover, path);
  }
}
