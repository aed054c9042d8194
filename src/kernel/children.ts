/** wait4(2) and waitid(2): finding a child that changed state (do_wait of kernel/exit.c). */

import { ECHILD } from '../abi/errno.js';
import { __WALL, __WCLONE, __WNOTHREAD, WCONTINUED, WEXITED, WNOWAIT, WSTOPPED } from '../abi/sched.js';
import { CLD_CONTINUED, CLD_STOPPED, SIGCHLD, SIGCONT } from '../abi/signal.js';
import { exitCode, reapChild } from './exit.js';
import { credOf } from './signals.js';
import type { ProcessGroup, Task, ThreadGroup } from './task.js';
import { addUsage, noUsage, processUsage, type Usage } from './usage.js';

/** Which children: one process, a group, or all. */
export type ChildFilter =
  | { kind: 'all' }
  | { kind: 'process'; tg: ThreadGroup | undefined }
  | { kind: 'group'; pgid: number };

export interface WaitResult {
  readonly pid: number;
  readonly uid: number;
  /** si_code: CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_STOPPED, CLD_CONTINUED. */
  readonly code: number;
  /** si_status. */
  readonly status: number;
  /** The same as wait4's status word. */
  readonly word: number;
  /** Own use and that of the children it waited for; undefined unless asked for. */
  readonly usage: Usage | undefined;
}

function groupMatches(group: ProcessGroup, pgid: number): boolean {
  return group.pgid === pgid;
}

function eligible(task: Task, child: ThreadGroup, filter: ChildFilter, options: number): boolean {
  if (filter.kind === 'process' && filter.tg !== child) return false;
  if (filter.kind === 'group' && !groupMatches(child.group, filter.pgid)) return false;
  if ((options & __WNOTHREAD) !== 0 && child.parentTask !== task) return false;
  if ((options & __WALL) !== 0) return true;
  return (child.exitSignal !== SIGCHLD) === ((options & __WCLONE) !== 0);
}

/**
 * Looks once.
 * @param options WEXITED, WSTOPPED, WCONTINUED, WNOWAIT, __W*
 * @param wantUsage fill `usage`
 * @returns the child's news (taken away unless WNOWAIT), 0 if there is none yet, -ECHILD if there never will be
 */
export function waitChild(
  task: Task,
  filter: ChildFilter,
  options: number,
  wantUsage: boolean,
): WaitResult | number {
  let any = false;
  const mine = task.group.children;
  const one = filter.kind === 'process' ? filter.tg : undefined;
  const candidates = one === undefined ? mine : mine.has(one) ? [one] : [];
  for (const child of candidates) {
    if (!eligible(task, child, filter, options)) continue;
    any = true;
    const news = childNews(child, options, wantUsage);
    if (news !== undefined) return news;
  }
  return any ? 0 : -ECHILD;
}

function childNews(child: ThreadGroup, options: number, wantUsage: boolean): WaitResult | undefined {
  const keep = (options & WNOWAIT) !== 0;
  const base = { pid: child.pid, uid: credOf(child)?.uid ?? 0 };
  if (child.exitStatus !== undefined) {
    if ((options & WEXITED) === 0) return undefined;
    const word = child.exitStatus;
    const own = { ...base, ...exitCode(word), word, usage: wantUsage ? totalUsage(child) : undefined };
    if (!keep) reapChild(child);
    return own;
  }
  if ((options & WSTOPPED) !== 0 && child.stopReport && child.stopSignal !== 0) {
    if (!keep) child.stopReport = false;
    const status = child.stopSignal;
    const usage = wantUsage ? totalUsage(child) : undefined;
    return { ...base, code: CLD_STOPPED, status, word: (status << 8) | 0x7f, usage };
  }
  if ((options & WCONTINUED) !== 0 && child.continueReport) {
    if (!keep) child.continueReport = false;
    const usage = wantUsage ? totalUsage(child) : undefined;
    return { ...base, code: CLD_CONTINUED, status: SIGCONT, word: 0xffff, usage };
  }
  return undefined;
}

function totalUsage(child: ThreadGroup): Usage {
  const sum = noUsage();
  addUsage(sum, processUsage(child));
  if (child.childUsage !== undefined) addUsage(sum, child.childUsage);
  return sum;
}
