/** CPU time and other use of resources, as getrusage(2) counts them. The host kernel keeps the figures; /proc shows them. */

import type { Native } from '../platform/native.js';
import type { Task, ThreadGroup } from './task.js';

/** Times in microseconds, maxRss in KiB. */
export interface Usage {
  utime: number;
  stime: number;
  maxRss: number;
  minflt: number;
  majflt: number;
  nvcsw: number;
  nivcsw: number;
}

/** The host's USER_HZ, fixed at 100 by the ABI of x86-64. */
export const CLOCK_TICKS = 100;

export function noUsage(): Usage {
  return { utime: 0, stime: 0, maxRss: 0, minflt: 0, majflt: 0, nvcsw: 0, nivcsw: 0 };
}

/** Adds `b` to `a`; the peak resident size is a maximum. */
export function addUsage(a: Usage, b: Usage): void {
  a.utime += b.utime;
  a.stime += b.stime;
  a.maxRss = Math.max(a.maxRss, b.maxRss);
  a.minflt += b.minflt;
  a.majflt += b.majflt;
  a.nvcsw += b.nvcsw;
  a.nivcsw += b.nivcsw;
}

/** The numbers of a stat line of proc(5), from the third field (state) on: fields[n] is field n + 3. */
export function statFields(text: string): string[] {
  return text
    .slice(text.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ');
}

/** Divides an exact total (us) by the ratio of two sampled tick counts, as cputime_adjust of kernel/sched/cputime.c does. */
function split(total: number, uticks: number, sticks: number): [number, number] {
  const ticks = uticks + sticks;
  const utime = ticks === 0 ? total : Math.round((total * uticks) / ticks);
  return [utime, total - utime];
}

/** The figures in a stat line; the exact total in microseconds if known, else by ticks. */
function fromStat(text: string, totalUs: number): Usage {
  const f = statFields(text);
  const u = noUsage();
  u.minflt = Number(f[7] ?? 0);
  u.majflt = Number(f[9] ?? 0);
  const uticks = Number(f[11] ?? 0);
  const sticks = Number(f[12] ?? 0);
  const total = totalUs >= 0 ? totalUs : ((uticks + sticks) * 1e6) / CLOCK_TICKS;
  [u.utime, u.stime] = split(total, uticks, sticks);
  return u;
}

function addStatus(u: Usage, text: string | number): void {
  if (typeof text !== 'string') return;
  u.maxRss = Number(/^VmHWM:\s*(\d+)/m.exec(text)?.[1] ?? u.maxRss);
  u.nvcsw = Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(text)?.[1] ?? 0);
  u.nivcsw = Number(/^nonvoluntary_ctxt_switches:\s*(\d+)/m.exec(text)?.[1] ?? 0);
}

/**
 * What a process has used so far.
 * @param brief leave out what needs a second file (peak memory, context switches): at a process's end memory is gone anyhow
 */
export function processUsage(tg: ThreadGroup, brief = false): Usage {
  if (tg.exitUsage !== undefined) return tg.exitUsage;
  const { native } = tg.kernel;
  const stat = native.hostProc(tg.hostPid, 'stat');
  if (typeof stat !== 'string') return { ...noUsage(), maxRss: tg.maxRss };
  const u = fromStat(stat, native.cpuTime(tg.hostPid));
  u.maxRss = tg.maxRss;
  if (!brief) addStatus(u, native.hostProc(tg.hostPid, 'status'));
  return u;
}

/** What one thread has used so far (RUSAGE_THREAD). */
export function threadUsage(task: Task): Usage {
  const { native } = task.kernel;
  const dir = `task/${task.hostTid}`;
  const stat = native.hostProc(task.hostTid, `${dir}/stat`);
  if (typeof stat !== 'string') return noUsage();
  const u = fromStat(stat, runTimeUs(native, task, dir));
  addStatus(u, native.hostProc(task.hostTid, `${dir}/status`));
  return u;
}

/** Time that a thread has been on a CPU, microseconds as of the last tick; -1 when it is not known. */
export function threadRunTime(task: Task): number {
  return runTimeUs(task.kernel.native, task, `task/${task.hostTid}`);
}

/** Time on a CPU from schedstat (nanoseconds first), or -1 when the host does not have the file. */
function runTimeUs(native: Native, task: Task, dir: string): number {
  const text = native.hostProc(task.hostTid, `${dir}/schedstat`);
  return typeof text === 'string' ? Math.floor(Number(text.split(' ')[0]) / 1000) : -1;
}

/** Peak memory of a process that is about to end; to be called while it still has an address space (PTRACE_EVENT_EXIT). */
export function notePeakMemory(tg: ThreadGroup): void {
  const text = tg.kernel.native.hostProc(tg.hostPid, 'status');
  if (typeof text === 'string') tg.maxRss = Number(/^VmHWM:\s*(\d+)/m.exec(text)?.[1] ?? tg.maxRss);
}
