/** /proc/pid/mounts, mountinfo and mountstats (proc_pid_mountinfo(5)). */

import {
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_RELATIME,
  MS_SYNCHRONOUS,
} from '../../abi/stat.js';
import type { Task } from '../../kernel/task.js';
import type { Mount } from '../../vfs/dentry.js';
import { pathName } from '../../vfs/namei.js';

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
];

function mountOptions(m: Mount): string {
  const words = OPTION_FLAGS.filter(([flag]) => (m.flags & flag) !== 0).map(([, word]) => word);
  return [(m.flags & MS_RDONLY) !== 0 ? 'ro' : 'rw', ...words].join(',');
}
function superOptions(m: Mount): string {
  const own = m.fs.options;
  return `rw${(m.flags & MS_SYNCHRONOUS) !== 0 ? ',sync' : ''}${own === undefined || own === '' ? '' : `,${own}`}`;
}

/** Mount points that the task can see, with their names. */
function visible(task: Task): [Mount, string][] {
  return task.kernel.mounts.mounts.map((m: Mount): [Mount, string] => [
    m,
    pathName(task, { mount: m, dentry: m.root }),
  ]);
}

export function mountsText(task: Task): string {
  let out = '';
  for (const [m, at] of visible(task)) {
    const options = [mountOptions(m), m.fs.options].filter((s) => s !== undefined && s !== '').join(',');
    out += `${mangle(m.fs.source)} ${mangle(at)} ${m.fs.type} ${options} 0 0\n`;
  }
  return out;
}

export function mountinfoText(task: Task): string {
  let out = '';
  for (const [m, at] of visible(task)) {
    const { dev } = m.fs;
    const major = (dev >>> 8) & 0xfff;
    const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
    let root = '';
    for (let d = m.root; d.parent !== undefined; d = d.parent) root = `/${d.name}${root}`;
    out += `${m.id} ${m.parent?.id ?? 0} ${major}:${minor} ${mangle(root || '/')} ${mangle(at)} ${mountOptions(m)}`;
    out += ` - ${m.fs.type} ${mangle(m.fs.source)} ${superOptions(m)}\n`;
  }
  return out;
}

export function mountstatsText(task: Task): string {
  return visible(task)
    .map(([m, at]) => `device ${mangle(m.fs.source)} mounted on ${mangle(at)} with fstype ${m.fs.type}\n`)
    .join('');
}
