/** What the fields of `process` mean together. */
import { CAPABILITIES } from './names.js';
import { quoted, type Report } from './report.js';
import type { OciProcess } from './types.js';

/** A list of numbers and ranges, as cpuset.cpus has them: `0-3,7`. */
export function isCpuList(text: string): boolean {
  return text
    .split(',')
    .map((part) => /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part))
    .every((range) => range !== null && Number(range[2] ?? range[1]) >= Number(range[1]));
}

/** @param at the field that holds the environment @param env its entries */
export function checkEnv(at: string, env: readonly string[], report: Report): void {
  for (const [i, entry] of env.entries()) {
    if (entry.indexOf('=') < 1) report.mistake(`${at}[${i}]`, `must be NAME=value, not ${quoted(entry)}`);
  }
}

function checkRlimits(at: string, process: OciProcess, report: Report): void {
  const seen = new Set<string>();
  for (const [i, { type, soft, hard }] of (process.rlimits ?? []).entries()) {
    if (seen.has(type)) report.mistake(`${at}.rlimits[${i}].type`, `${type} is there twice`);
    seen.add(type);
    if (soft > hard)
      report.mistake(`${at}.rlimits[${i}].soft`, `must not be above the hard limit (${soft} > ${hard})`);
  }
}

function checkCapabilities(at: string, process: OciProcess, report: Report): void {
  for (const set of ['bounding', 'effective', 'permitted', 'inheritable', 'ambient'] as const) {
    for (const [i, name] of (process.capabilities?.[set] ?? []).entries()) {
      if (!CAPABILITIES.has(name))
        report.warn(`${at}.capabilities.${set}[${i}]`, `unknown capability ${quoted(name)}, left out`);
    }
  }
}

function checkScheduler(at: string, { scheduler }: OciProcess, report: Report): void {
  if (scheduler === undefined) return;
  const { policy, priority = 0, nice = 0, flags = [], runtime = 0, deadline = 0, period = 0 } = scheduler;
  const realTime = policy === 'SCHED_FIFO' || policy === 'SCHED_RR';
  if (realTime && priority < 1)
    report.mistake(`${at}.scheduler.priority`, `must be from 1 to 99 for ${policy}`);
  if (!realTime && priority !== 0) report.mistake(`${at}.scheduler.priority`, `must be 0 for ${policy}`);
  if (nice !== 0 && policy !== 'SCHED_OTHER' && policy !== 'SCHED_BATCH')
    report.mistake(`${at}.scheduler.nice`, `must be 0 for ${policy}`);
  if (policy === 'SCHED_DEADLINE') report.mistake(`${at}.scheduler.policy`, `${policy} is not supported`);
  else if (runtime + deadline + period > 0)
    report.mistake(`${at}.scheduler.runtime`, 'runtime, deadline and period are for SCHED_DEADLINE only');
  if (flags.length > 0) report.warn(`${at}.scheduler.flags`, 'are not applied');
}

function checkAffinity(at: string, { execCPUAffinity: affinity }: OciProcess, report: Report): void {
  for (const key of ['initial', 'final'] as const) {
    const text = affinity?.[key];
    if (text !== undefined && text !== '' && !isCpuList(text))
      report.mistake(`${at}.execCPUAffinity.${key}`, `must be a list like 0-3,7, not ${quoted(text)}`);
  }
  if (affinity !== undefined) report.warn(`${at}.execCPUAffinity`, 'is not applied');
}

/** @param at `process`, or how else the object is called in messages */
export function checkProcess(at: string, process: OciProcess, report: Report): void {
  if (process.args.length === 0) report.mistake(`${at}.args`, 'must have at least one item');
  else if (process.args[0] === '') report.mistake(`${at}.args[0]`, 'must not be empty');
  checkEnv(`${at}.env`, process.env ?? [], report);
  checkRlimits(at, process, report);
  checkCapabilities(at, process, report);
  checkScheduler(at, process, report);
  checkAffinity(at, process, report);
  if (process.ioPriority?.class === 'IOPRIO_CLASS_IDLE' && (process.ioPriority.priority ?? 0) !== 0)
    report.mistake(`${at}.ioPriority.priority`, 'must be 0 for IOPRIO_CLASS_IDLE');
  if (process.apparmorProfile !== undefined && process.apparmorProfile !== '')
    report.warn(`${at}.apparmorProfile`, 'is ignored: guests have no AppArmor');
  if (process.selinuxLabel !== undefined && process.selinuxLabel !== '')
    report.warn(`${at}.selinuxLabel`, 'is ignored: guests have no SELinux');
}
