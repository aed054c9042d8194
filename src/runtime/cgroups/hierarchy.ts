/**
 * The cgroup file systems of this host as the caller sees them: one of version 2 (cgroups(7), cgroup-v2.rst), several of
 * version 1, or both (hybrid).
 */

import { posix } from 'node:path';
import { readText } from './files.js';

export interface Hierarchy {
  readonly version: 1 | 2;
  /** As in /proc/PID/cgroup: `memory`, `cpu,cpuacct`, `name=systemd`; empty for version 2. */
  readonly name: string;
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** The caller's own cgroup, as a directory at or below the mount point. */
  readonly own: string;
}

/** Texts of /proc/self/mountinfo and /proc/self/cgroup. */
export interface HostTexts {
  readonly mountinfo: string;
  readonly cgroup: string;
}

interface Mount {
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: ReadonlySet<string>;
}

export function hostTexts(): HostTexts {
  return {
    mountinfo: readText('/proc/self/mountinfo') ?? '',
    cgroup: readText('/proc/self/cgroup') ?? '',
  };
}

/** proc_pid_mountinfo(5) writes blanks and backslashes in octal. */
function unoctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function cgroupMounts(mountinfo: string): Mount[] {
  const out: Mount[] = [];
  for (const line of mountinfo.split('\n')) {
    const [front, back] = line.split(' - ');
    const [type, , options] = (back ?? '').split(' ');
    const fields = (front ?? '').split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    out.push({
      root: unoctal(fields[3] ?? '/'),
      mountPoint: unoctal(fields[4] ?? '/'),
      type,
      options: new Set((options ?? '').split(',')),
    });
  }
  return out;
}

/** Where cgroup `path` is below a mount that may show only a part of its hierarchy. */
function below(mount: Mount, path: string): string | undefined {
  if (path.split('/').includes('..')) return undefined;
  const rest = posix.relative(mount.root, path);
  return rest.split('/')[0] === '..' ? undefined : posix.join(mount.mountPoint, rest);
}

/** The mounted hierarchies, in the order of /proc/self/cgroup. Those that are not mounted cannot be used and are left out. */
export function readHierarchies(texts: HostTexts = hostTexts()): Hierarchy[] {
  const mounts = cgroupMounts(texts.mountinfo);
  const out: Hierarchy[] = [];
  for (const line of texts.cgroup.split('\n')) {
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, , name = '', path = '/'] = match;
    const type = name === '' ? 'cgroup2' : 'cgroup';
    const wanted = name === '' ? [] : name.split(',');
    const fitting = mounts.filter((m) => m.type === type && wanted.every((w) => m.options.has(w)));
    const mount = fitting.find((m) => below(m, path) !== undefined) ?? fitting[0];
    if (mount === undefined) continue;
    const { mountPoint } = mount;
    out.push({
      version: name === '' ? 2 : 1,
      name,
      controllers: name === '' ? controllersOf(mountPoint) : wanted.filter((w) => !w.startsWith('name=')),
      mountPoint,
      own: below(mount, path) ?? mountPoint,
    });
  }
  return out;
}

/** Controllers that version 2 offers in a directory. */
export function controllersOf(directory: string): string[] {
  return (readText(`${directory}/cgroup.controllers`) ?? '').split(' ').filter((c) => c !== '');
}
