/** /proc/pid/maps and smaps: the host's view of a guest's memory, with the guest's names of files (proc_pid_maps(5)). */

import type { Kernel } from '../../kernel/kernel.js';
import type { AddressSpace } from '../../kernel/mm.js';
import type { Task } from '../../kernel/task.js';
import { type Native, St } from '../../platform/native.js';
import { inodeOf, type Path } from '../../vfs/dentry.js';
import { pathName } from '../../vfs/namei.js';

/** Files kept at once; beyond it the oldest goes, and its mappings show no name. */
const MAX_NAMES = 65536;

/** Guest files by device and inode number of the host files that back them. */
const filesOf = new WeakMap<Kernel, Map<string, Path>>();

/** Userspace's dev_t as maps prints it. */
function deviceText(dev: number): string {
  const major = (Math.floor(dev / 256) & 0xfff) | (Math.floor(dev / 2 ** 32) & ~0xfff);
  const minor = (dev & 0xff) | (Math.floor(dev / 4096) & 0xfff00);
  return `${hex2(major)}:${hex2(minor)}`;
}
const hex2 = (n: number): string => n.toString(16).padStart(2, '0');

/** A file of the host's as lists of mappings show it: device and inode number. '' if it cannot be told. */
export function hostFileKey(native: Native, hostFd: number): string {
  if (native.fstat(hostFd) < 0) return '';
  return `${deviceText(native.statBuf[St.dev] as number)} ${exactIno(native.statBuf)}`;
}

/** The number of the file that the buffer tells of, however large it is. */
function exactIno(b: Float64Array): string {
  const high = b[St.inoHigh] ?? 0;
  if (high < 2 ** 21) return String(b[St.ino]);
  return String((BigInt(high) << 32n) | BigInt(b[St.inoLow] ?? 0));
}

/** One mapping of a file: addresses, offset in the file in bytes, and the file as `hostFileKey` has it. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly file: string;
}

/** The lines of the host's maps text. */
export function parseMaps(text: string): Mapping[] {
  const out: Mapping[] = [];
  for (const line of text.split('\n')) {
    const m = /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)/.exec(line);
    if (m === null) continue;
    const [start, end, offset] = [m[1], m[2], m[3]].map((s) => Number.parseInt(s as string, 16));
    out.push({
      start: start as number,
      end: end as number,
      offset: offset as number,
      file: `${m[4]} ${m[5]}`,
    });
  }
  return out;
}

/**
 * Records which guest file a host file backs, so that mappings of it are shown as that file's.
 * @param hostFd host descriptor with the bytes
 */
export function noteMapping(kernel: Kernel, hostFd: number, path: Path): void {
  const key = hostFileKey(kernel.native, hostFd);
  if (key === '') return;
  let files = filesOf.get(kernel);
  if (files === undefined) filesOf.set(kernel, (files = new Map()));
  files.delete(key);
  files.set(key, path);
  // An overlay of the host over several of its file systems shows a file's mappings with its own device number, not with the file's.
  const dev = deviceText(inodeOf(path).fs.dev);
  if (!key.startsWith(`${dev} `)) files.set(`${dev} ${exactIno(kernel.native.statBuf)}`, path);
  if (files.size > MAX_NAMES) files.delete(files.keys().next().value as string);
}

const LINE = /^([0-9a-f]+-[0-9a-f]+ [-rwxsp]{4} [0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)(?: +(.*))?$/;
/** Column at which maps puts the name. */
const NAME_COLUMN = 73;

/**
 * The host's maps (or smaps) text as the guest may see it: mappings of the loader and the fast lane are left out, host files are
 * replaced by the guest's, and host names that the sentry does not know are blank.
 * @param target whose mappings they are
 */
export function guestMaps(reader: Task, target: AddressSpace | undefined, text: string): string {
  const files = filesOf.get(reader.kernel);
  const out: string[] = [];
  let dropping = false;
  for (const line of text.split('\n')) {
    const m = LINE.exec(line);
    if (m === null) {
      // A detail line of smaps belongs to the mapping above it.
      if (!dropping && line !== '') out.push(line);
      continue;
    }
    const [, head, dev, ino, hostName = ''] = m as unknown as [
      string,
      string,
      string,
      string,
      string | undefined,
    ];
    const file = files?.get(`${dev} ${ino}`);
    const ours = Number.parseInt(head, 16) === target?.lanePlaces?.nearSites;
    dropping = file === undefined && (ours || /\/(loader|memfd:tvisor-lane)( \(deleted\))?$/.test(hostName));
    if (dropping) continue;
    const name = file === undefined ? anonymousName(hostName) : pathName(reader, file);
    const start = `${head} ${file === undefined ? `${dev} ${ino}` : identity(file)} `;
    out.push(name === '' ? start : start.padEnd(NAME_COLUMN) + name.replaceAll('\n', '\\012'));
  }
  return out.length === 0 ? '' : `${out.join('\n')}\n`;
}

/** Device and inode number as stat(2) gives them. */
function identity(file: Path): string {
  const { dev = inodeOf(file).fs.dev, ino } = inodeOf(file).getattr();
  return `${deviceText(dev)} ${ino}`;
}

/** [heap], [stack], [vdso], [anon:...]; shared anonymous memory has a name of its own, too. */
function anonymousName(hostName: string): string {
  return hostName.startsWith('[') || hostName === '/dev/zero (deleted)' ? hostName : '';
}
