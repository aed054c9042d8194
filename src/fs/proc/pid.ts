/** /proc/<pid> and /proc/<pid>/task/<tid> (proc(5)). Made at every look-up: a directory says who it is about, nothing more. */

import { EACCES, EINVAL, ENOENT, EPERM, ESRCH } from '../../abi/errno.js';
import { CAP_SYS_PTRACE, CAP_SYS_RESOURCE } from '../../abi/sched.js';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../abi/stat.js';
import { capable } from '../../kernel/cred.js';
import { TASK_COMM_MAX, type Task, type ThreadGroup } from '../../kernel/task.js';
import type { Path } from '../../vfs/dentry.js';
import type { DirEntry, Inode } from '../../vfs/inode.js';
import { pathName } from '../../vfs/namei.js';
import { cgroupText } from '../cgroup/cgroup.js';
import { type NamespaceKind, namespaceName, namespacePath } from '../nsfs.js';
import { inoOf, LinkInode, type Owner, PseudoDir, TextInode, type TextOps } from '../pseudo.js';
import { FdDir } from './fd.js';
import { guestMaps } from './maps.js';
import { MemInode } from './mem.js';
import { mountinfoText, mountsText, mountstatsText } from './mounts.js';
import { NetDir } from './net-dir.js';
import type { ProcFs } from './proc.js';
import {
  cmdlineText,
  commOf,
  credOf,
  hostText,
  limitsText,
  type Subject,
  speaker,
  statText,
  statusText,
} from './status.js';

/** Names of /proc/pid/ns: the namespaces themselves, and those that children will be in. */
const NAMESPACES: Readonly<Record<string, NamespaceKind>> = {
  cgroup: 'cgroup',
  ipc: 'ipc',
  mnt: 'mnt',
  net: 'net',
  pid: 'pid',
  pid_for_children: 'pid',
  time: 'time',
  time_for_children: 'time',
  user: 'user',
  uts: 'uts',
};

/** ptrace access with PTRACE_MODE_READ: the same process, the same user, or CAP_SYS_PTRACE. @returns 0 or -EACCES */
export function mayInspect(reader: Task, s: Subject): number {
  if (reader.group === s.tg || capable(reader.cred, CAP_SYS_PTRACE)) return 0;
  const c = credOf(s);
  const r = reader.cred;
  const sameUser = r.fsuid === c.uid && r.fsuid === c.euid && r.fsuid === c.suid;
  const sameGroup = r.fsgid === c.gid && r.fsgid === c.egid && r.fsgid === c.sgid;
  return sameUser && sameGroup && s.tg.dumpable === 1 ? 0 : -EACCES;
}

/** Owner of the files of a process: its effective ids, or root if it is not dumpable. */
export function ownerOf(s: Subject): Owner {
  const c = credOf(s);
  return s.tg.dumpable === 1 ? { uid: c.euid, gid: c.egid } : { uid: 0, gid: 0 };
}

type FileSpec = readonly [perm: number, ops: (s: Subject) => TextOps];

/** A file with one text. `guarded`: only for those who may inspect the process. */
function text(perm: number, read: (s: Subject, reader: Task) => string | number, guarded = false): FileSpec {
  return [
    perm,
    (s) => ({
      read: (reader) => (s.tg.reaped ? -ESRCH : read(s, reader)),
      ...(guarded ? { open: (reader: Task) => mayInspect(reader, s) } : {}),
    }),
  ];
}

/** A text about mounts, which can be polled for changes of them. */
function mountText(perm: number, read: (task: Task) => string, guarded = false): FileSpec {
  const [, ops] = text(perm, (s) => asTask(s, read), guarded);
  return [perm, (s) => ({ ...ops(s), changes: (reader: Task) => reader.container.mounts })];
}

const fromHost =
  (name: string) =>
  (s: Subject): string | number =>
    s.tg.zombie ? '' : hostText(s, name);

/** The auxiliary vector with what the loader changed in it. */
export function auxvText(s: Subject): string | number {
  const host = fromHost('auxv')(s);
  if (typeof host === 'number') return host;
  const bytes = Buffer.from(host, 'latin1');
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const key = bytes.readUInt32LE(at);
    const change = s.tg.auxv.find(([k]) => k === key);
    if (change !== undefined) bytes.writeBigUInt64LE(BigInt(change[1]), at + 8);
  }
  return bytes.toString('latin1');
}

function setComm(s: Subject, reader: Task, value: string): number {
  if (reader.group !== s.tg) return -EINVAL;
  const task = speaker(s);
  if (task === undefined) return -ESRCH;
  task.comm = (value.split(/[\n\0]/)[0] as string).slice(0, TASK_COMM_MAX);
  return 0;
}

function setOomScoreAdj(s: Subject, reader: Task, value: string, scale: (n: number) => number): number {
  if (!/^-?\d+\s*$/.test(value)) return -EINVAL;
  const n = scale(Number(value));
  if (n < -1000 || n > 1000) return -EINVAL;
  if (n < s.tg.oomScoreAdj && !capable(reader.cred, CAP_SYS_RESOURCE)) return -EACCES;
  s.tg.oomScoreAdj = n;
  return 0;
}

const oomAdj = (n: number): number => (n === 15 ? 1000 : Math.trunc((n * 1000) / 17));
const oomScore = (s: Subject): string => `${Math.max(0, Math.trunc(((1000 + s.tg.oomScoreAdj) * 2) / 3))}\n`;
const mapsOf =
  (name: string) =>
  (s: Subject, reader: Task): string | number => {
    const host = fromHost(name)(s);
    return typeof host === 'string' ? guestMaps(reader, speaker(s)?.vm, host) : host;
  };
const asTask = (s: Subject, make: (task: Task) => string): string | number => {
  const task = speaker(s);
  return task === undefined ? -EINVAL : make(task);
};

/** maps or smaps of a process as `reader` sees them. */
export function guestText(s: Subject, reader: Task, name: 'maps' | 'smaps'): string | number {
  return mapsOf(name)(s, reader);
}

/** Files that processes and threads both have. */
const COMMON: Readonly<Record<string, FileSpec>> = {
  auxv: text(0o400, auxvText, true),
  cgroup: text(0o444, (s) => cgroupText(s.tg.container)),
  cmdline: text(0o444, (s) => cmdlineText(s.tg)),
  comm: [0o644, (s) => ({ read: () => `${commOf(s)}\n`, write: (r, v) => setComm(s, r, v) })],
  cpuset: text(0o444, () => '/\n'),
  environ: text(0o400, fromHost('environ'), true),
  gid_map: text(0o444, (s) => s.tg.container.users.gids.text),
  io: text(0o400, fromHost('io'), true),
  limits: text(0o444, (s) => limitsText(s.tg)),
  loginuid: text(0o444, () => '4294967295'),
  maps: text(0o444, mapsOf('maps'), true),
  mountinfo: mountText(0o444, mountinfoText),
  mounts: mountText(0o444, mountsText),
  oom_adj: [
    0o644,
    (s) => ({
      read: () => `${Math.trunc((s.tg.oomScoreAdj * 17) / 1000)}\n`,
      write: (r, v) => setOomScoreAdj(s, r, v, oomAdj),
    }),
  ],
  oom_score: text(0o444, oomScore),
  oom_score_adj: [
    0o644,
    (s) => ({ read: () => `${s.tg.oomScoreAdj}\n`, write: (r, v) => setOomScoreAdj(s, r, v, (n) => n) }),
  ],
  personality: text(
    0o400,
    (s) => asTask(s, (task) => `${task.personality.toString(16).padStart(8, '0')}\n`),
    true,
  ),
  sched: text(0o444, fromHost('sched')),
  schedstat: text(0o444, fromHost('schedstat')),
  sessionid: text(0o444, () => '4294967295'),
  setgroups: text(0o444, () => 'allow\n'),
  smaps: text(0o444, mapsOf('smaps'), true),
  smaps_rollup: text(0o444, fromHost('smaps_rollup'), true),
  stat: text(0o444, statText),
  statm: text(0o444, (s) => (s.tg.zombie ? '0 0 0 0 0 0 0\n' : hostText(s, 'statm'))),
  status: text(0o444, statusText),
  uid_map: text(0o444, (s) => s.tg.container.users.uids.text),
  wchan: text(0o444, () => '0'),
};

const PROCESS_ONLY: Readonly<Record<string, FileSpec>> = {
  coredump_filter: text(0o444, () => '00000033\n'),
  mountstats: mountText(0o400, mountstatsText, true),
  timers: text(0o444, () => ''),
  timerslack_ns: text(0o444, (s) => asTask(s, (task) => `${task.timerSlack}\n`)),
};

const THREAD_ONLY: Readonly<Record<string, FileSpec>> = {
  children: text(0o444, (s) =>
    // Linux lists the children of the one thread that forked them; here the leader stands for all.
    s.task?.tid === s.tg.pid ? [...s.tg.children].map((c) => `${c.pid} `).join('') : '',
  ),
};

/** Directories and links, which are made by `special`. */
const COMMON_DIRS: readonly (readonly [string, number])[] = [
  ['attr', S_IFDIR],
  ['cwd', S_IFLNK],
  ['exe', S_IFLNK],
  ['fd', S_IFDIR],
  ['fdinfo', S_IFDIR],
  ['mem', S_IFREG],
  ['net', S_IFDIR],
  ['ns', S_IFDIR],
  ['root', S_IFLNK],
];

export class PidDir extends PseudoDir {
  private readonly files: Readonly<Record<string, FileSpec>>;

  constructor(
    private readonly proc: ProcFs,
    private readonly subject: Subject,
    key: string,
  ) {
    super(proc, key, 0o555, proc.time, () => ownerOf(subject), 9);
    this.files = subject.task === undefined ? { ...COMMON, ...PROCESS_ONLY } : { ...COMMON, ...THREAD_ONLY };
  }

  override lookup(name: string): Inode | number {
    const { proc, subject } = this;
    if (this.gone()) return -ESRCH;
    const key = `${this.key}/${name}`;
    if (Object.hasOwn(this.files, name)) {
      const [perm, ops] = this.files[name] as FileSpec;
      return new TextInode(proc, key, perm, proc.time, ops(subject), () => ownerOf(subject));
    }
    return this.special(name, key);
  }

  /** Set for the directory of a process, which stands for it in pidfd_send_signal(2). */
  get process(): ThreadGroup | undefined {
    return this.subject.task === undefined ? this.subject.tg : undefined;
  }

  private gone(): boolean {
    const { tg, task } = this.subject;
    return tg.reaped || (task !== undefined && !tg.tasks.has(task));
  }

  private special(name: string, key: string): Inode | number {
    const { proc, subject } = this;
    switch (name) {
      case 'exe':
        return this.placeLink(key, () => (subject.tg.zombie ? undefined : subject.tg.exe));
      case 'cwd':
        return this.placeLink(key, () => speaker(subject)?.fs.cwd);
      case 'mem':
        return new MemInode(proc, subject, key);
      case 'root':
        return this.placeLink(key, () => speaker(subject)?.fs.root);
      case 'fd':
        return new FdDir(proc, subject, key, false);
      case 'fdinfo':
        return new FdDir(proc, subject, key, true);
      case 'ns':
        return nsDir(proc, subject, key);
      case 'net':
        return new NetDir(proc, key);
      case 'attr':
        return attrDir(proc, key);
      case 'task':
        return subject.task === undefined ? new TaskDir(proc, subject.tg, key) : -ENOENT;
      default:
        return -ENOENT;
    }
  }

  /** A link to a place of the process; the reader must be allowed to inspect it. */
  private placeLink(key: string, where: () => Path | undefined): Inode {
    const { proc, subject } = this;
    const target = (reader: Task): Path | number => {
      const err = mayInspect(reader, subject);
      return err < 0 ? err : (where() ?? -ENOENT);
    };
    const shown = (reader: Task | undefined): string | number => {
      if (reader === undefined) return -ENOENT;
      const path = target(reader);
      return typeof path === 'number' ? path : pathName(reader, path);
    };
    return new LinkInode(proc, key, proc.time, shown, target, () => ownerOf(subject));
  }

  override readdir(): DirEntry[] | number {
    if (this.gone()) return -ENOENT;
    const entry = (name: string, type: number): DirEntry => ({
      name,
      ino: inoOf(`${this.key}/${name}`),
      type: type >> 12,
    });
    const dirs = COMMON_DIRS.map(([name, type]) => entry(name, type));
    if (this.subject.task === undefined) dirs.push(entry('task', S_IFDIR));
    return [...dirs, ...Object.keys(this.files).map((name) => entry(name, S_IFREG))];
  }
}

/** A directory from a list of names and what each is. */
class ListDir extends PseudoDir {
  constructor(
    proc: ProcFs,
    key: string,
    perm: number,
    private readonly names: readonly string[],
    private readonly type: number,
    private readonly make: (name: string, key: string) => Inode,
    owner?: () => Owner,
  ) {
    super(proc, key, perm, proc.time, owner);
  }
  override lookup(name: string): Inode | number {
    return this.names.includes(name) ? this.make(name, `${this.key}/${name}`) : -ENOENT;
  }
  override readdir(): DirEntry[] {
    return this.names.map((name) => ({ name, ino: inoOf(`${this.key}/${name}`), type: this.type >> 12 }));
  }
}

function nsDir(proc: ProcFs, s: Subject, dirKey: string): Inode {
  const make = (name: string, key: string): Inode => {
    const kind = NAMESPACES[name] as NamespaceKind;
    const shown = namespaceName(s.tg.container, kind);
    const target = (reader: Task): Path | number =>
      mayInspect(reader, s) || namespacePath(s.tg.container, kind);
    const read = (reader: Task | undefined): string | number =>
      reader === undefined ? shown : mayInspect(reader, s) || shown;
    return new LinkInode(proc, key, proc.time, read, target, () => ownerOf(s));
  };
  return new ListDir(proc, dirKey, 0o511, Object.keys(NAMESPACES), S_IFLNK, make, () => ownerOf(s));
}

function attrDir(proc: ProcFs, dirKey: string): Inode {
  // No security module: reading is EINVAL, as on a Linux without one; nothing can be set.
  const ops: TextOps = { read: () => -EINVAL, write: () => -EPERM };
  const make = (_name: string, key: string): Inode => new TextInode(proc, key, 0o666, proc.time, ops);
  return new ListDir(
    proc,
    dirKey,
    0o555,
    ['current', 'exec', 'fscreate', 'keycreate', 'prev', 'sockcreate'],
    S_IFREG,
    make,
  );
}

/** /proc/<pid>/task. */
class TaskDir extends PseudoDir {
  constructor(
    private readonly proc: ProcFs,
    private readonly tg: ThreadGroup,
    key: string,
  ) {
    super(proc, key, 0o555, proc.time, () => ownerOf({ tg }));
  }
  override lookup(name: string): Inode | number {
    for (const task of this.tg.tasks) {
      if (String(task.tid) === name)
        return new PidDir(this.proc, { tg: this.tg, task }, `${this.key}/${name}`);
    }
    return -ENOENT;
  }
  override readdir(): DirEntry[] {
    const tids = [...this.tg.tasks].map((t) => t.tid).sort((a, b) => a - b);
    return tids.map((tid) => ({ name: String(tid), ino: inoOf(`${this.key}/${tid}`), type: S_IFDIR >> 12 }));
  }
}
