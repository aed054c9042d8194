/** The words of `mounts[].options` (config.md of the runtime specification, mount(8)). */
import * as ms from '../abi/stat.js';

/** What a mount's options say. */
export interface MountOptions {
  /** MS_*; without MS_BIND, MS_REC and the propagation. */
  readonly flags: number;
  readonly bind: boolean;
  /** With what is mounted below the source. */
  readonly recursive: boolean;
  /** MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, each with or without MS_REC. */
  readonly propagation: readonly number[];
  readonly copyUp: boolean;
  /** idmap: ids of the source are mapped; ridmap: those of mounts below, too. */
  readonly idmap: boolean;
  /** The rest: for the file system. */
  readonly data: readonly string[];
}

/** Options that set a flag, and the one that takes it away. */
const PAIRS: readonly (readonly [on: string, off: string, flag: number])[] = [
  ['ro', 'rw', ms.MS_RDONLY],
  ['nosuid', 'suid', ms.MS_NOSUID],
  ['nodev', 'dev', ms.MS_NODEV],
  ['noexec', 'exec', ms.MS_NOEXEC],
  ['noatime', 'atime', ms.MS_NOATIME],
  ['nodiratime', 'diratime', ms.MS_NODIRATIME],
  ['relatime', 'norelatime', ms.MS_RELATIME],
  ['strictatime', 'nostrictatime', ms.MS_STRICTATIME],
  ['nosymfollow', 'symfollow', ms.MS_NOSYMFOLLOW],
  ['sync', 'async', ms.MS_SYNCHRONOUS],
  ['lazytime', 'nolazytime', ms.MS_LAZYTIME],
  ['mand', 'nomand', ms.MS_MANDLOCK],
  ['silent', 'loud', ms.MS_SILENT],
  ['iversion', 'noiversion', ms.MS_I_VERSION],
  ['acl', 'noacl', ms.MS_POSIXACL],
];
/** Those that mount_setattr(2) can set with what is mounted below; a bind mount shows all of that as one mount here. */
const RECURSIVE = PAIRS.slice(0, 9);

const SET = new Map<string, number>([
  ...PAIRS.map(([on, , flag]) => [on, flag] as const),
  ...RECURSIVE.map(([on, , flag]) => [`r${on}`, flag] as const),
  ['dirsync', ms.MS_DIRSYNC],
  ['remount', ms.MS_REMOUNT],
]);
const CLEAR = new Map<string, number>([
  ...PAIRS.map(([, off, flag]) => [off, flag] as const),
  ...RECURSIVE.map(([, off, flag]) => [`r${off}`, flag] as const),
  ['defaults', 0],
]);
const PROPAGATION = new Map<string, number>([
  ['private', ms.MS_PRIVATE],
  ['rprivate', ms.MS_PRIVATE | ms.MS_REC],
  ['shared', ms.MS_SHARED],
  ['rshared', ms.MS_SHARED | ms.MS_REC],
  ['slave', ms.MS_SLAVE],
  ['rslave', ms.MS_SLAVE | ms.MS_REC],
  ['unbindable', ms.MS_UNBINDABLE],
  ['runbindable', ms.MS_UNBINDABLE | ms.MS_REC],
]);
const OTHERS = ['bind', 'rbind', 'tmpcopyup', 'idmap', 'ridmap'];

/** All options that mean something whatever the file system is, for `features`. */
export const MOUNT_OPTIONS: readonly string[] = [
  ...SET.keys(),
  ...CLEAR.keys(),
  ...PROPAGATION.keys(),
  ...OTHERS,
].sort();

/** linux.rootfsPropagation and its like. @returns MS_* flags, or undefined for another word */
export function propagationOf(word: string): number | undefined {
  return PROPAGATION.get(word);
}

/** Reads options in their order: a later one takes back what an earlier one said. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  const out = {
    flags: 0,
    bind: false,
    recursive: false,
    propagation: [] as number[],
    copyUp: false,
    idmap: false,
    data: [] as string[],
  };
  for (const word of options) {
    const set = SET.get(word);
    const clear = CLEAR.get(word);
    const propagation = PROPAGATION.get(word);
    if (set !== undefined) out.flags = withFlag(out.flags, set);
    else if (clear !== undefined) out.flags &= ~clear;
    else if (propagation !== undefined) out.propagation.push(propagation);
    else if (word === 'bind' || word === 'rbind') {
      out.bind = true;
      out.recursive = word === 'rbind';
    } else if (word === 'tmpcopyup') out.copyUp = true;
    else if (word === 'idmap' || word === 'ridmap') out.idmap = true;
    else if (word !== '') out.data.push(word);
  }
  return out;
}

const ATIME = ms.MS_NOATIME | ms.MS_RELATIME | ms.MS_STRICTATIME;

/** Of noatime, relatime and strictatime there is one. */
function withFlag(flags: number, flag: number): number {
  return ((flag & ATIME) === 0 ? flags : flags & ~ATIME) | flag;
}

/** Options of SELinux: labels that nothing here has. */
const LABELS = /^(context|fscontext|defcontext|rootcontext)=/;

const AMOUNT = /^(0x[\da-f]+|\d+)[kmgt%]?$/i;
const OCTAL = /^[0-7]{1,6}$/;
const ID = /^\d{1,10}$/;
const YES = /^/;

/** Options of our file systems, by type: the word's name and what its value must look like; undefined: it has none. */
const DATA: Readonly<Record<string, Readonly<Record<string, RegExp | undefined>>>> = {
  tmpfs: {
    size: AMOUNT,
    nr_blocks: AMOUNT,
    nr_inodes: AMOUNT,
    mode: OCTAL,
    uid: ID,
    gid: ID,
    huge: /^(never|always|within_size|advise)$/,
    mpol: /^(default|local|(prefer|bind|interleave)(=(static|relative))?(:[\d,-]+)?)$/,
    inode32: undefined,
    inode64: undefined,
    noswap: undefined,
  },
  devpts: {
    newinstance: undefined,
    ptmxmode: OCTAL,
    mode: OCTAL,
    uid: ID,
    gid: ID,
    max: ID,
  },
  // Everybody may see that a process is there.
  proc: { hidepid: /^(0|off)$/ },
  sysfs: {},
  mqueue: {},
  cgroup: {
    all: undefined,
    none: undefined,
    name: YES,
    xattr: undefined,
    clone_children: undefined,
    cpuset_v2_mode: undefined,
    noprefix: undefined,
    release_agent: YES,
    blkio: undefined,
    cpu: undefined,
    cpuacct: undefined,
    cpuset: undefined,
    devices: undefined,
    freezer: undefined,
    hugetlb: undefined,
    memory: undefined,
    misc: undefined,
    net_cls: undefined,
    net_prio: undefined,
    perf_event: undefined,
    pids: undefined,
    rdma: undefined,
  },
  cgroup2: {
    nsdelegate: undefined,
    favordynmods: undefined,
    memory_localevents: undefined,
    memory_recursiveprot: undefined,
    memory_hugetlb_accounting: undefined,
    pids_localevents: undefined,
  },
};

/** The file systems that config.json may mount, apart from bind mounts. */
export const FILE_SYSTEMS: readonly string[] = Object.keys(DATA);

/** What is wrong with a file system's option, or undefined. */
export function dataMistake(type: string, word: string): string | undefined {
  const at = word.indexOf('=');
  const name = at < 0 ? word : word.slice(0, at);
  const known = DATA[type] ?? {};
  if (!Object.hasOwn(known, name)) return `unknown option ${JSON.stringify(word)} of ${type}`;
  const pattern = known[name];
  if (pattern === undefined) return at < 0 ? undefined : `option ${name} of ${type} has no value`;
  if (at < 0) return `option ${name} of ${type} needs a value`;
  if (pattern.test(word.slice(at + 1))) return undefined;
  return `option ${JSON.stringify(word)} of ${type}: bad value`;
}

/** True for options that say how SELinux labels what is mounted. */
export function isLabelOption(word: string): boolean {
  return LABELS.test(word);
}
