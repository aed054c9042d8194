/** The cpu and cpuset controllers (sched-bwc.rst, cpusets.rst, cgroup-v2.rst "CPU"). */

import { CgroupError, codeOf } from './error.js';
import { apply, failure, integer, readNumber, readText, type Setting, writeText } from './files.js';
import type { LinuxCpu } from './resources.js';
import { given } from './write-memory.js';

function setting(field: keyof LinuxCpu, file: string, value: string): Setting {
  const controller = field === 'cpus' || field === 'mems' ? 'cpuset' : 'cpu';
  return { controller, file, value, field: `cpu.${field}` };
}

/** Writes both; which must come first (a quota never exceeds its period times the CPUs) is found by trying. */
function applyEither(directory: string, first: Setting, second: Setting | undefined): void {
  try {
    writeText(`${directory}/${first.file}`, first.value);
  } catch (error) {
    if (second === undefined || codeOf(error) !== 'EINVAL') throw failure(directory, first, error);
    apply(directory, second);
    apply(directory, first);
    return;
  }
  if (second !== undefined) apply(directory, second);
}

/** The kernel takes any number of shares and keeps it between bounds of its own, without a word. */
function applyShares(directory: string, shares: number): void {
  apply(directory, setting('shares', 'cpu.shares', integer(shares)));
  const kept = readNumber(`${directory}/cpu.shares`);
  if (kept === shares || kept === 0) return;
  throw new CgroupError(
    `linux.resources.cpu.shares: the ${shares > kept ? 'most' : 'least'} that the kernel takes is ${kept}, not ${integer(shares)}`,
  );
}

/** What younger kernels have: 0 is the state of those without it. */
function applyOptional(directory: string, one: Setting, value: number | undefined): void {
  if (value === undefined) return;
  if (value === 0 && readText(`${directory}/${one.file}`) === undefined) return;
  apply(directory, one);
}

/** Version 1. @throws CgroupError */
export function writeCpu1(cpu: LinuxCpu, directory: string): void {
  const { realtimePeriod, realtimeRuntime, shares, idle, quota, period, burst } = cpu;
  const runtime = given(realtimeRuntime)
    ? setting('realtimeRuntime', 'cpu.rt_runtime_us', integer(realtimeRuntime))
    : undefined;
  if (given(realtimePeriod)) {
    applyEither(directory, setting('realtimePeriod', 'cpu.rt_period_us', integer(realtimePeriod)), runtime);
  } else if (runtime !== undefined) apply(directory, runtime);
  applyOptional(directory, setting('idle', 'cpu.idle', integer(idle ?? 0)), idle);
  if (given(shares)) applyShares(directory, shares);
  const limit = given(quota) ? setting('quota', 'cpu.cfs_quota_us', integer(quota)) : undefined;
  if (given(period)) applyEither(directory, setting('period', 'cpu.cfs_period_us', integer(period)), limit);
  else if (limit !== undefined) apply(directory, limit);
  applyOptional(directory, setting('burst', 'cpu.cfs_burst_us', integer(burst ?? 0)), burst);
}

/** Shares (2..262144) as a weight (1..10000), the way every runtime converts them. */
export function weightOfShares(shares: number): number {
  const bounded = Math.min(262144, Math.max(2, shares));
  return 1 + Math.floor(((bounded - 2) * 9999) / 262142);
}

/** Version 2. @throws CgroupError */
export function writeCpu2(cpu: LinuxCpu, directory: string): void {
  const { realtimePeriod, realtimeRuntime, shares, idle, quota, period, burst } = cpu;
  if (given(realtimePeriod) || given(realtimeRuntime)) {
    const field = given(realtimeRuntime) ? 'realtimeRuntime' : 'realtimePeriod';
    throw new CgroupError(`linux.resources.cpu.${field} cannot be set: cgroup version 2 does not have it`);
  }
  applyOptional(directory, setting('idle', 'cpu.idle', integer(idle ?? 0)), idle);
  if (given(shares)) apply(directory, setting('shares', 'cpu.weight', integer(weightOfShares(shares))));
  if (given(quota) || given(period)) {
    const most = !given(quota) || quota < 0 ? undefined : integer(quota);
    const kept = given(quota) ? 'max' : (readQuota(directory) ?? 'max');
    const value = given(period) ? `${most ?? kept} ${integer(period)}` : (most ?? kept);
    apply(directory, setting(given(quota) ? 'quota' : 'period', 'cpu.max', value));
  }
  applyOptional(directory, setting('burst', 'cpu.max.burst', integer(burst ?? 0)), burst);
}

/** The quota that is in force. */
function readQuota(directory: string): string | undefined {
  const [quota] = readCpuMax(directory);
  return quota === Number.POSITIVE_INFINITY ? undefined : integer(quota);
}

/** cpu.max: quota (Infinity for none) and period, microseconds. */
export function readCpuMax(directory: string): [number, number] {
  const [quota = 'max', period = '100000'] = (readText(`${directory}/cpu.max`) ?? '').split(' ');
  return [quota === 'max' || quota === '' ? Number.POSITIVE_INFINITY : Number(quota), Number(period)];
}

/** Both versions. @throws CgroupError */
export function writeCpuset(cpu: LinuxCpu, directory: string): void {
  if (cpu.cpus !== undefined && cpu.cpus !== '') apply(directory, setting('cpus', 'cpuset.cpus', cpu.cpus));
  if (cpu.mems !== undefined && cpu.mems !== '') apply(directory, setting('mems', 'cpuset.mems', cpu.mems));
}
