/** tmpfs as mount(2) makes it: options, and one budget for all that guests mount (tmpfs(5), mm/shmem.c). */

import { EINVAL } from '../../abi/errno.js';
import type { Container } from '../../kernel/container.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { FileSystem } from '../../vfs/inode.js';
import { makedev } from '../pseudo.js';
import { Budget, defaultMaxBytes, defaultMaxInodes, TmpFs, type TmpFsOptions } from './tmpfs.js';

const PAGE = 4096;
/** Minor numbers of file systems without a device, above those of the sandbox's own. */
const FIRST_MINOR = 64;
const LAST_MINOR = (1 << 20) - 1;
/** More bytes or objects than any limit needs, and few enough to count with. */
const MOST = 2 ** 50;
const UNITS: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** memparse: a decimal, octal or hexadecimal number with a unit; `%` is of the host's memory. NaN for anything else. */
function bytesOf(text: string, percentOf: number): number {
  const match = /^(0x[\da-f]+|\d+)([kmgt%]?)$/i.exec(text);
  if (match === null) return Number.NaN;
  const digits = match[1] as string;
  const octal = /^0[0-7]+$/.test(digits);
  const n = octal ? Number.parseInt(digits, 8) : Number(digits);
  const unit = (match[2] as string).toLowerCase();
  return unit === '%' ? Math.floor((percentOf * n) / 100) : n * (UNITS[unit] as number);
}

type Change = (value: string, to: TmpFsOptions) => boolean;

function number(pattern: RegExp, base: number, set: (n: number, to: TmpFsOptions) => void): Change {
  return (value, to) => {
    if (!pattern.test(value)) return false;
    set(Number.parseInt(value, base), to);
    return true;
  };
}
function amount(set: (n: number, to: TmpFsOptions) => void): Change {
  return (value, to) => {
    const n = bytesOf(value, 2 * defaultMaxBytes());
    if (Number.isNaN(n)) return false;
    set(Math.min(n, MOST), to);
    return true;
  };
}
/** Limits of 0 mean none, which is as much as there is. */
const OPTIONS = new Map<string, Change>(
  Object.entries({
    size: amount((n, to) => {
      to.maxBytes = n === 0 ? defaultMaxBytes() : Math.ceil(n / PAGE) * PAGE;
    }),
    nr_blocks: amount((n, to) => {
      to.maxBytes = n === 0 ? defaultMaxBytes() : n * PAGE;
    }),
    nr_inodes: amount((n, to) => {
      to.maxInodes = n === 0 ? defaultMaxInodes(defaultMaxBytes()) : n;
    }),
    mode: number(/^[0-7]{1,6}$/, 8, (n, to) => {
      to.mode = n & 0o7777;
    }),
    uid: number(/^\d{1,10}$/, 10, (n, to) => {
      to.uid = n >>> 0;
    }),
    gid: number(/^\d{1,10}$/, 10, (n, to) => {
      to.gid = n >>> 0;
    }),
  }),
);
/** Options that change nothing here: inode numbers fit in any type, there is no swap, and where pages lie is the host's to decide. */
const NO_CHANGE =
  /^(inode32|inode64|noswap|huge=(never|always|within_size|advise)|mpol=(default|local|(prefer|bind|interleave)(=(static|relative))?(:[\d,-]+)?))$/;

/** @returns the options, or -EINVAL */
function parse(data: string): TmpFsOptions | number {
  const out: TmpFsOptions = {};
  for (const word of data.split(',')) {
    if (word === '' || NO_CHANGE.test(word)) continue;
    const at = word.indexOf('=');
    const change = at < 0 ? undefined : OPTIONS.get(word.slice(0, at));
    if (change === undefined || !change(word.slice(at + 1), out)) return -EINVAL;
  }
  return out;
}

class MountedTmpFs extends TmpFs {
  /** MS_REMOUNT: the limits may change; mode and owner of the root are chmod's and chown's. */
  reconfigure(data: string): number {
    const wanted = parse(data);
    if (typeof wanted === 'number') return wanted;
    return this.limit(wanted.maxBytes, wanted.maxInodes);
  }
}

/** What all mounts of one sandbox's guests share. */
interface Shared {
  budget: Budget;
  minor: number;
}
const shared = new WeakMap<Kernel, Shared>();

/** mount -t tmpfs. @returns a new file system, or -EINVAL for its options */
export function mountTmpFs(task: Task, source: string, data: string): FileSystem | number {
  const { container, cred } = task;
  return newTmpFs(container, { uid: cred.fsuid, gid: cred.fsgid }, source, data);
}

/** The device number of a file system without a device that begins now. */
export function newDevice(kernel: Kernel): number {
  const all = sharedBy(kernel);
  const dev = makedev(0, all.minor);
  all.minor = all.minor === LAST_MINOR ? FIRST_MINOR : all.minor + 1;
  return dev;
}

function sharedBy(kernel: Kernel): Shared {
  let all = shared.get(kernel);
  if (all === undefined) {
    const bytes = defaultMaxBytes();
    shared.set(kernel, (all = { budget: new Budget(bytes, defaultMaxInodes(bytes)), minor: FIRST_MINOR }));
  }
  return all;
}

/**
 * A tmpfs by its options as mount(2) takes them.
 *
 * @param owner of its root where the options do not say it
 * @param source byte string
 * @returns the file system, or -EINVAL for the options
 */
export function newTmpFs(
  { kernel, memory }: Container,
  owner: { readonly uid: number; readonly gid: number },
  source: string,
  data: string,
): TmpFs | number {
  const options = parse(data);
  if (typeof options === 'number') return options;
  const { budget } = sharedBy(kernel);
  const dev = newDevice(kernel);
  return new MountedTmpFs(kernel.native, { ...owner, ...options, dev, source, budget, memory });
}
