/** /proc/pid/mounts, mountinfo and mountstats (proc_pid_mountinfo(5)). */

import { PATH_MAX } from '../../abi/limits.js';
import {
  MS_DIRSYNC,
  MS_LAZYTIME,
  MS_MANDLOCK,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
  MS_SYNCHRONOUS,
} from '../../abi/stat.js';
import type { Task } from '../../kernel/task.js';
import type { Dentry, Mount, Path } from '../../vfs/dentry.js';
import { isBelow } from '../../vfs/mounts.js';

/** Blanks and backslashes of a name in octal, as the kernel writes them (mangle). */
export function mangle(text: string): string {
  return text.replace(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

const OPTION_FLAGS: readonly (readonly [flag: number, word: string])[] = [
  [MS_NOSUID, 'nosuid'],
  [MS_NODEV, 'nodev'],
  [MS_NOEXEC, 'noexec'],
  [MS_NOATIME, 'noatime'],
  [MS_NODIRATIME, 'nodiratime'],
  [MS_RELATIME, 'relatime'],
  [MS_NOSYMFOLLOW, 'nosymfollow'],
];

/** Flags that belong to the file system and not to the mount. */
const SUPER_WORDS: readonly (readonly [flag: number, word: string])[] = [
  [MS_SYNCHRONOUS, 'sync'],
  [MS_DIRSYNC, 'dirsync'],
  [MS_MANDLOCK, 'mand'],
  [MS_LAZYTIME, 'lazytime'],
];

function words(flags: number, of: typeof OPTION_FLAGS): string[] {
  return of.filter(([flag]) => (flags & flag) !== 0).map(([, word]) => word);
}
/** `ro` or `rw`, by the flags that count. */
function access(flags: number): string {
  return (flags & MS_RDONLY) !== 0 ? 'ro' : 'rw';
}
function superWords(task: Task, m: Mount): string[] {
  return words(task.container.mounts.superFlagsOf(m.fs), SUPER_WORDS);
}
function join(list: readonly (string | undefined)[]): string {
  return list.filter((word) => word !== undefined && word !== '').join(',');
}

/** The name of `dentry` from `top` in one file system, '' for `top` itself; of a very long one only the end. */
function nameWithin(top: Dentry | undefined, dentry: Dentry): string {
  let text = '';
  for (let d = dentry; d !== top && d.parent !== undefined && text.length < PATH_MAX; d = d.parent)
    text = `/${d.name}${text}`;
  return text;
}

/**
 * Mount points that the task can see, with their names: those below its root. Guests may mount on mounts ten thousand deep, so
 * a name is made from that of the mount below, and where it would be longer than a path can be, the mount is left out.
 */
function visible(task: Task): [Mount, string][] {
  const { root } = task.fs;
  const names = new Map<Mount, string | undefined>();
  if (isBelow(root.mount.root, root.dentry)) names.set(root.mount, '');
  const ask = (top: Mount): string | undefined => {
    const todo: Mount[] = [];
    let m: Mount | undefined = top;
    for (; m !== undefined && m !== root.mount && !names.has(m); m = m.parent) todo.push(m);
    let known = m === root.mount ? '' : m && names.get(m);
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      known = nameBelow(next, known, root);
      names.set(next, known);
    }
    return known;
  };
  const out: [Mount, string][] = [];
  for (const m of task.container.mounts.mounts) {
    const name = m === root.mount ? names.get(m) : ask(m);
    if (name !== undefined) out.push([m, name || '/']);
  }
  return out;
}

/** The name of a mount from that of the one that it is mounted on; undefined if it cannot be seen from `root`. */
function nameBelow(mount: Mount, parent: string | undefined, root: Path): string | undefined {
  const { parent: below, mountpoint } = mount;
  if (parent === undefined || below === undefined || mountpoint === undefined) return undefined;
  const atRoot = below === root.mount;
  if (atRoot && !isBelow(mountpoint, root.dentry)) return undefined;
  const name = parent + nameWithin(atRoot ? root.dentry : below.root, mountpoint);
  return name.length < PATH_MAX ? name : undefined;
}

export function mountsText(task: Task): string {
  let out = '';
  for (const [m, at] of visible(task)) {
    const options = join([
      access(m.flags),
      ...superWords(task, m),
      ...words(m.flags, OPTION_FLAGS),
      m.fs.options,
    ]);
    const { source, type } = m.shown ?? m.fs;
    out += `${mangle(source)} ${mangle(at)} ${type} ${options} 0 0\n`;
  }
  return out;
}

/** The optional fields of a line: whom the mount shares events with, and from whom it gets them. */
function propagation(m: Mount): string {
  const shared = m.group === undefined ? '' : ` shared:${m.group.id}`;
  const master = m.master === undefined ? '' : ` master:${m.master.id}`;
  return shared + master + (m.unbindable ? ' unbindable' : '');
}

export function mountinfoText(task: Task): string {
  let out = '';
  for (const [m, at] of visible(task)) {
    const { dev } = m.fs;
    const major = (dev >>> 8) & 0xfff;
    const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
    const root = (m.shown?.root ?? '') + nameWithin(undefined, m.root);
    out += `${m.id} ${m.parent?.id ?? 0} ${major}:${minor} ${mangle(root || '/')} ${mangle(at)} ${join([access(m.ownFlags), ...words(m.ownFlags, OPTION_FLAGS)])}`;
    const sb = join([access(task.container.mounts.superFlagsOf(m.fs)), ...superWords(task, m), m.fs.options]);
    const { source, type } = m.shown ?? m.fs;
    out += `${propagation(m)} - ${type} ${mangle(source)} ${sb}\n`;
  }
  return out;
}

export function mountstatsText(task: Task): string {
  return visible(task)
    .map(([m, at]) => {
      const { source, type } = m.shown ?? m.fs;
      return `device ${mangle(source)} mounted on ${mangle(at)} with fstype ${type}\n`;
    })
    .join('');
}
