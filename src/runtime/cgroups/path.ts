/** From `linux.cgroupsPath` to directories. */

import { posix } from 'node:path';
import { CgroupError } from './error.js';
import type { Hierarchy } from './hierarchy.js';

/** Where a container's cgroup is in each hierarchy. */
export interface CgroupPath {
  /** Clean: absolute (below the root of each hierarchy) or relative (below the caller's own cgroup). */
  readonly path: string;
  /** What should be told, if anything. */
  readonly warning?: string;
}

/** Units of systemd.unit(5): no slash, and `:` separates here. */
const UNIT = /^[A-Za-z0-9:_.\\@-]+$/;

/**
 * systemd's directory of a slice: `a-b.slice` lies in `a.slice` (systemd.slice(5)).
 * @throws CgroupError for a name that is none
 */
export function sliceDirectory(slice: string): string {
  if (slice === '-.slice') return '/';
  if (!slice.endsWith('.slice') || !UNIT.test(slice)) {
    throw new CgroupError(`linux.cgroupsPath: ${JSON.stringify(slice)} is not the name of a slice`);
  }
  const parts = slice.slice(0, -'.slice'.length).split('-');
  if (parts.includes('')) {
    throw new CgroupError(`linux.cgroupsPath: ${JSON.stringify(slice)} is not the name of a slice`);
  }
  let out = '';
  for (let n = 1; n <= parts.length; n++) out += `/${parts.slice(0, n).join('-')}.slice`;
  return out;
}

/** `slice:prefix:name` as a path: `system.slice` for no slice, and a scope unless the name is a slice itself. */
function systemdPath(text: string): string {
  const parts = text.split(':');
  if (parts.length !== 3 || parts[2] === '') {
    throw new CgroupError(
      `linux.cgroupsPath: with --systemd-cgroup it must be "slice:prefix:name", not ${JSON.stringify(text)}`,
    );
  }
  const [slice = '', prefix = '', name = ''] = parts;
  const parent = sliceDirectory(slice === '' ? 'system.slice' : slice);
  if (name.endsWith('.slice')) return posix.join(parent, name);
  const unit = prefix === '' ? `${name}.scope` : `${prefix}-${name}.scope`;
  if (unit.includes('/')) {
    throw new CgroupError(`linux.cgroupsPath: ${JSON.stringify(unit)} is not the name of a scope`);
  }
  return posix.join(parent, unit);
}

/**
 * What `linux.cgroupsPath` means. Without one a container's cgroup has its id as name, below the caller's own.
 * @param systemd the path has systemd's form: its units are made as directories, without asking systemd
 * @throws CgroupError for a path that has not the form it must have
 */
export function parsePath(text: string | undefined, id: string, systemd: boolean): CgroupPath {
  if (systemd) {
    const path = systemdPath(text === undefined || text === '' ? `:tvisor:${id}` : text);
    return {
      path,
      warning: `systemd is not asked for a unit (--systemd-cgroup): cgroup ${path} is made directly`,
    };
  }
  if (text === undefined || text === '') return { path: id };
  if (text.includes('\0')) throw new CgroupError('linux.cgroupsPath: contains a NUL byte');
  const clean = posix.normalize(`/${text}`).replace(/\/$/, '');
  if (clean === '') {
    throw new CgroupError(`linux.cgroupsPath: ${JSON.stringify(text)} is the root of all cgroups`);
  }
  return { path: text.startsWith('/') ? clean : clean.slice(1) };
}

/**
 * Directory of `path` in one hierarchy. Where there is only version 2, a relative path begins at the parent of the caller's
 * cgroup: a cgroup that has processes of its own may not hand controllers to children (cgroup-v2.rst, "No Internal Process
 * Constraint").
 */
export function directoryIn(hierarchy: Hierarchy, path: string, unifiedOnly: boolean): string {
  if (path.startsWith('/')) return posix.join(hierarchy.mountPoint, path);
  const up = unifiedOnly && hierarchy.own !== hierarchy.mountPoint;
  return posix.join(up ? posix.dirname(hierarchy.own) : hierarchy.own, path);
}
