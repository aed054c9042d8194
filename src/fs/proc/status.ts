/** /proc/pid/stat, statm, status, limits and their like: the host's figures in the kernel's own identities (proc_pid_stat(5)). */

import {
  RLIMIT_AS,
  RLIMIT_CORE,
  RLIMIT_CPU,
  RLIMIT_DATA,
  RLIMIT_FSIZE,
  RLIMIT_LOCKS,
  RLIMIT_MEMLOCK,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_RSS,
  RLIMIT_RTPRIO,
  RLIMIT_RTTIME,
  RLIMIT_SIGPENDING,
  RLIMIT_STACK,
} from '../../abi/sched.js';
import { type Cred, initialCred } from '../../kernel/cred.js';
import type { Task, ThreadGroup } from '../../kernel/task.js';

/** What a /proc directory is about: a process, or one of its threads. */
export interface Subject {
  readonly tg: ThreadGroup;
  /** Set below task/<tid>. */
  readonly task?: Task;
}

const NOBODY = initialCred(0, 0, []);

/** The thread whose credentials and names stand for the subject. */
export function speaker(s: Subject): Task | undefined {
  return s.task ?? s.tg.leader;
}
export function credOf(s: Subject): Cred {
  return speaker(s)?.cred ?? NOBODY;
}
export function idOf(s: Subject): number {
  return s.task?.tid ?? s.tg.pid;
}
export function commOf(s: Subject): string {
  const comm = speaker(s)?.comm;
  if (comm !== undefined) return comm;
  const host = hostText(s, 'comm');
  return typeof host === 'string' ? host.replace(/\n$/, '') : '';
}

/** A host file of the subject. */
export function hostText(s: Subject, name: string): string | number {
  const { native } = s.tg.kernel;
  return s.task === undefined
    ? native.hostProc(s.tg.hostPid, name)
    : native.hostProc(s.tg.hostPid, `task/${s.task.hostTid}/${name}`);
}

/** One letter of ps(1). `reader` is running: it asks. */
export function stateLetter(s: Subject, hostLetter: string, reader: Task): string {
  if (s.tg.zombie) return 'Z';
  if (s.tg.stopSignal !== 0) return 'T';
  const task = speaker(s);
  if (task === reader) return 'R';
  if (task?.block !== undefined) return 'S';
  // Waiting for the sentry's answer and stops for the tracer are no states that a guest knows.
  if (hostLetter === 'D' || hostLetter === 't' || hostLetter === 'T') return 'S';
  return hostLetter === 'Z' || hostLetter === 'X' ? 'Z' : hostLetter;
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'disk sleep',
  T: 'stopped',
  t: 'tracing stop',
  X: 'dead',
  Z: 'zombie',
  P: 'parked',
  I: 'idle',
};

/** Fields of a host stat line from the state (field 3) on. */
function hostStat(s: Subject): string[] {
  const text = hostText(s, 'stat');
  if (typeof text === 'number') return [];
  return text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
}

/** Number of fields of stat from the state on. */
const STAT_FIELDS = 50;
/** Positions counted from the state, as in proc_pid_stat(5) minus 3. */
const enum F {
  state,
  ppid,
  pgrp,
  session,
  ttyNr,
  tpgid,
  flags,
  minflt,
  cminflt,
  majflt,
  cmajflt,
  utime,
  stime,
  cutime,
  cstime,
  priority,
  nice,
  numThreads,
  itreal,
  start,
  exitSignal = 35,
}

export function statText(s: Subject, reader: Task): string {
  const { tg } = s;
  const f = hostStat(s);
  while (f.length < STAT_FIELDS) f.push('0');
  const tty = tg.session.tty;
  f[F.state] = stateLetter(s, f[F.state] as string, reader);
  f[F.ppid] = String(tg.parent?.pid ?? 0);
  f[F.pgrp] = String(tg.group.pgid);
  f[F.session] = String(tg.session.sid);
  f[F.ttyNr] = String(tty?.rdev ?? 0);
  f[F.tpgid] = String(tty === undefined ? -1 : (tty.foreground?.pgid ?? -1));
  f[F.cutime] = String(Math.floor(tg.childUtime / 10_000));
  f[F.cstime] = String(Math.floor(tg.childStime / 10_000));
  f[F.numThreads] = String(tg.zombie ? 1 : tg.tasks.size);
  f[F.exitSignal] = String(s.task !== undefined && s.task.tid !== tg.pid ? -1 : tg.exitSignal);
  return `${idOf(s)} (${commOf(s)}) ${f.join(' ')}\n`;
}

const capText = (set: bigint): string => set.toString(16).padStart(16, '0');

export function statusText(s: Subject, reader: Task): string | number {
  const host = hostText(s, 'status');
  const { tg } = s;
  const c = credOf(s);
  const task = speaker(s);
  const letter = stateLetter(
    s,
    /^State:\s+(\w)/m.exec(typeof host === 'string' ? host : '')?.[1] ?? 'Z',
    reader,
  );
  const id = idOf(s);
  let fdSize = 64;
  if (task !== undefined) for (const fd of task.files.fds()) while (fd >= fdSize) fdSize *= 2;
  const escaped = commOf(s).replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const own: Record<string, string> = {
    Name: escaped,
    Umask: (task?.fs.umask ?? 0o22).toString(8).padStart(4, '0'),
    State: `${letter} (${STATE_WORDS[letter] ?? 'sleeping'})`,
    Tgid: `${tg.pid}`,
    Ngid: '0',
    Pid: `${id}`,
    PPid: `${tg.parent?.pid ?? 0}`,
    TracerPid: '0',
    Uid: [c.uid, c.euid, c.suid, c.fsuid].join('\t'),
    Gid: [c.gid, c.egid, c.sgid, c.fsgid].join('\t'),
    FDSize: `${task === undefined ? 0 : fdSize}`,
    Groups: c.groups.map((g) => `${g} `).join(''),
    NStgid: `${tg.pid}`,
    NSpid: `${id}`,
    NSpgid: `${tg.group.pgid}`,
    NSsid: `${tg.session.sid}`,
    Threads: `${Math.max(1, tg.tasks.size)}`,
    CapInh: capText(c.capInheritable),
    CapPrm: capText(c.capPermitted),
    CapEff: capText(c.capEffective),
    CapBnd: capText(c.capBounding),
    CapAmb: capText(c.capAmbient),
    NoNewPrivs: task?.noNewPrivs === true ? '1' : '0',
    Seccomp: `${task?.seccomp?.mode ?? 0}`,
    Seccomp_filters: `${task?.seccomp?.depth ?? 0}`,
  };
  if (typeof host === 'number') {
    return Object.entries(own)
      .map(([k, v]) => `${k}:\t${v}\n`)
      .join('');
  }
  return host.replace(/^(\w+):\t.*$/gm, (line, key: string) =>
    own[key] === undefined ? line : `${key}:\t${own[key]}`,
  );
}

const LIMIT_ROWS: readonly (readonly [name: string, resource: number, unit: string])[] = [
  ['Max cpu time', RLIMIT_CPU, 'seconds'],
  ['Max file size', RLIMIT_FSIZE, 'bytes'],
  ['Max data size', RLIMIT_DATA, 'bytes'],
  ['Max stack size', RLIMIT_STACK, 'bytes'],
  ['Max core file size', RLIMIT_CORE, 'bytes'],
  ['Max resident set', RLIMIT_RSS, 'bytes'],
  ['Max processes', RLIMIT_NPROC, 'processes'],
  ['Max open files', RLIMIT_NOFILE, 'files'],
  ['Max locked memory', RLIMIT_MEMLOCK, 'bytes'],
  ['Max address space', RLIMIT_AS, 'bytes'],
  ['Max file locks', RLIMIT_LOCKS, 'locks'],
  ['Max pending signals', RLIMIT_SIGPENDING, 'signals'],
  ['Max msgqueue size', RLIMIT_MSGQUEUE, 'bytes'],
  ['Max nice priority', RLIMIT_NICE, ''],
  ['Max realtime priority', RLIMIT_RTPRIO, ''],
  ['Max realtime timeout', RLIMIT_RTTIME, 'us'],
];

export function limitsText(tg: ThreadGroup): string {
  const row = (name: string, soft: string, hard: string, unit: string): string =>
    `${name.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${unit.padEnd(10)}\n`;
  const show = (n: number): string => (n === Infinity ? 'unlimited' : String(n));
  let out = row('Limit', 'Soft Limit', 'Hard Limit', 'Units');
  for (const [name, resource, unit] of LIMIT_ROWS) {
    const l = tg.limits[resource];
    const [soft, hard] = l === undefined ? [Infinity, Infinity] : [l.soft, l.hard];
    // A limit without a unit ends after its second column.
    out +=
      unit === ''
        ? `${row(name, show(soft), show(hard), '').slice(0, -11)}\n`
        : row(name, show(soft), show(hard), unit);
  }
  return out;
}

/** The words of the command line, each ended by NUL. For a script the host's first word is its interpreter's path. */
export function cmdlineText(tg: ThreadGroup): string | number {
  if (tg.zombie) return '';
  const host = tg.kernel.native.hostProc(tg.hostPid, 'cmdline');
  if (typeof host === 'number' || tg.cmdlinePrefix.length === 0) return host;
  return tg.cmdlinePrefix.map((w) => `${w}\0`).join('') + host.slice(host.indexOf('\0') + 1);
}
