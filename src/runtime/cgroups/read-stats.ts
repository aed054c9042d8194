/** Reads the counters of each controller (cpuacct.rst, memory.rst, blkio-controller.rst, cgroup-v2.rst). */

import { readdirSync } from 'node:fs';
import { readKeyed, readNumber, readText } from './files.js';
import type { BlkioEntry, CgroupStats, MemoryEntry } from './stats.js';
import type { Place, Places } from './write.js';
import { readCpuMax } from './write-cpu.js';

/** Nanoseconds of one of cpuacct's ticks: USER_HZ is 100 on every architecture that matters. */
const TICK = 10_000_000;
/** What "no limit" is in the numbers of version 2 (the largest 64-bit number). */
const NO_LIMIT = 2 ** 64;

type CpuStats = CgroupStats['cpu'];
type MemoryStats = CgroupStats['memory'];

function throttling(stat: ReadonlyMap<string, number>, time: string, scale: number): CpuStats['throttling'] {
  return {
    periods: stat.get('nr_periods') ?? 0,
    throttledPeriods: stat.get('nr_throttled') ?? 0,
    throttledTime: (stat.get(time) ?? 0) * scale,
  };
}

/** cpuacct.usage_all: a line of `CPU USER KERNEL` for each CPU. */
function perCpu(directory: string, column: number): number[] {
  const lines = (readText(`${directory}/cpuacct.usage_all`) ?? '').split('\n').slice(1);
  return lines.map((line) => Number(line.split(' ')[column] ?? 0));
}

function cpu1(cpu: Place | undefined, cpuacct: Place | undefined): CpuStats {
  const at = cpuacct?.directory ?? '';
  const stat = readKeyed(`${at}/cpuacct.stat`);
  return {
    usage: {
      total: readNumber(`${at}/cpuacct.usage`),
      percpu: (readText(`${at}/cpuacct.usage_percpu`) ?? '')
        .split(' ')
        .filter((n) => n !== '')
        .map(Number),
      percpu_kernel: perCpu(at, 2),
      percpu_user: perCpu(at, 1),
      kernel: (stat.get('system') ?? 0) * TICK,
      user: (stat.get('user') ?? 0) * TICK,
    },
    throttling: throttling(readKeyed(`${cpu?.directory ?? ''}/cpu.stat`), 'throttled_time', 1),
  };
}

function cpu2(directory: string): CpuStats {
  const stat = readKeyed(`${directory}/cpu.stat`);
  return {
    usage: {
      total: (stat.get('usage_usec') ?? 0) * 1000,
      kernel: (stat.get('system_usec') ?? 0) * 1000,
      user: (stat.get('user_usec') ?? 0) * 1000,
    },
    throttling: throttling(stat, 'throttled_usec', 1000),
  };
}

function entry1(directory: string, name: string): MemoryEntry {
  const at = `${directory}/memory${name}`;
  return {
    limit: readNumber(`${at}.limit_in_bytes`),
    usage: readNumber(`${at}.usage_in_bytes`),
    max: readNumber(`${at}.max_usage_in_bytes`),
    failcnt: readNumber(`${at}.failcnt`),
  };
}

function memory1(directory: string): MemoryStats {
  const stat = readKeyed(`${directory}/memory.stat`);
  return {
    cache: stat.get('cache') ?? 0,
    usage: entry1(directory, ''),
    swap: entry1(directory, '.memsw'),
    kernel: entry1(directory, '.kmem'),
    kernelTCP: entry1(directory, '.kmem.tcp'),
    raw: Object.fromEntries(stat),
  };
}

function finite(limit: number): number {
  return Number.isFinite(limit) ? limit : NO_LIMIT;
}

/** Swap as runc gives it: together with memory, as in version 1. */
function memory2(directory: string): MemoryStats {
  const stat = readKeyed(`${directory}/memory.stat`);
  const events = readKeyed(`${directory}/memory.events`);
  const limit = finite(readNumber(`${directory}/memory.max`));
  const usage = readNumber(`${directory}/memory.current`);
  const swapLimit = finite(readNumber(`${directory}/memory.swap.max`));
  return {
    cache: stat.get('file') ?? 0,
    usage: { limit, usage, max: readNumber(`${directory}/memory.peak`), failcnt: events.get('max') ?? 0 },
    swap: {
      limit: Math.min(NO_LIMIT, limit + swapLimit),
      usage: usage + readNumber(`${directory}/memory.swap.current`),
      failcnt: 0,
    },
    kernel: { limit: NO_LIMIT, usage: stat.get('kernel') ?? 0, failcnt: 0 },
    kernelTCP: { limit: NO_LIMIT, usage: stat.get('sock') ?? 0, failcnt: 0 },
    raw: Object.fromEntries(stat),
  };
}

function pids(place: Place | undefined): CgroupStats['pids'] {
  if (place === undefined) return {};
  const limit = readNumber(`${place.directory}/pids.max`);
  const current = readNumber(`${place.directory}/pids.current`);
  return Number.isFinite(limit) ? { current, limit } : { current };
}

/** `MAJ:MIN OP VALUE` a line, and a total at the end. */
function blkioLines(path: string): BlkioEntry[] {
  const out: BlkioEntry[] = [];
  for (const line of (readText(path) ?? '').split('\n')) {
    const match = /^(\d+):(\d+) (\w+) (\d+)$/.exec(line);
    if (match === null) continue;
    out.push({
      major: Number(match[1]),
      minor: Number(match[2]),
      op: match[3] ?? '',
      value: Number(match[4]),
    });
  }
  return out;
}

function blkio1(directory: string): CgroupStats['blkio'] {
  const read = (what: string): BlkioEntry[] => {
    const bfq = blkioLines(`${directory}/blkio.bfq.${what}_recursive`);
    return bfq.length > 0 ? bfq : blkioLines(`${directory}/blkio.throttle.${what}_recursive`);
  };
  return { ioServiceBytesRecursive: read('io_service_bytes'), ioServicedRecursive: read('io_serviced') };
}

/** io.stat: `MAJ:MIN rbytes=N wbytes=N rios=N wios=N ...`. */
function blkio2(directory: string): CgroupStats['blkio'] {
  const bytes: BlkioEntry[] = [];
  const operations: BlkioEntry[] = [];
  for (const line of (readText(`${directory}/io.stat`) ?? '').split('\n')) {
    const [device = '', ...words] = line.split(' ');
    const [major, minor] = device.split(':').map(Number);
    if (major === undefined || minor === undefined || Number.isNaN(major)) continue;
    for (const word of words) {
      const [key = '', value = ''] = word.split('=');
      const op = key.startsWith('r') ? 'Read' : key.startsWith('w') ? 'Write' : undefined;
      if (op === undefined) continue;
      const entry = { major, minor, op, value: Number(value) };
      if (key.endsWith('bytes')) bytes.push(entry);
      else if (key.endsWith('ios')) operations.push(entry);
    }
  }
  return { ioServiceBytesRecursive: bytes, ioServicedRecursive: operations };
}

function hugetlb(place: Place | undefined): CgroupStats['hugetlb'] {
  if (place === undefined) return {};
  const { directory, version } = place;
  const out: Record<string, { usage: number; max?: number; failcnt: number }> = {};
  const pattern = version === 1 ? /^hugetlb\.(\w+)\.usage_in_bytes$/ : /^hugetlb\.(\w+)\.current$/;
  for (const file of listing(directory)) {
    const size = pattern.exec(file)?.[1];
    if (size === undefined) continue;
    const at = `${directory}/hugetlb.${size}`;
    out[size] =
      version === 1
        ? {
            usage: readNumber(`${at}.usage_in_bytes`),
            max: readNumber(`${at}.max_usage_in_bytes`),
            failcnt: readNumber(`${at}.failcnt`),
          }
        : { usage: readNumber(`${at}.current`), failcnt: readKeyed(`${at}.events`).get('max') ?? 0 };
  }
  return out;
}

function listing(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

const NOTHING: MemoryEntry = { limit: 0, usage: 0, failcnt: 0 };
const NO_MEMORY: MemoryStats = {
  usage: NOTHING,
  swap: NOTHING,
  kernel: NOTHING,
  kernelTCP: NOTHING,
  raw: {},
};

/** All counters; what no controller counts is 0 or absent. */
export function readStats(places: Places): CgroupStats {
  const cpu = places('cpu') ?? places('');
  const memory = places('memory');
  const io = places('blkio');
  return {
    cpu: cpu?.version === 2 ? cpu2(cpu.directory) : cpu1(cpu, places('cpuacct')),
    memory:
      memory === undefined
        ? NO_MEMORY
        : memory.version === 1
          ? memory1(memory.directory)
          : memory2(memory.directory),
    pids: pids(places('pids')),
    blkio: io === undefined ? {} : io.version === 1 ? blkio1(io.directory) : blkio2(io.directory),
    hugetlb: hugetlb(places('hugetlb')),
  };
}

/** Limits that are in force, as far as a container can see them; absent: none. */
export interface Limits {
  /** Bytes. */
  readonly memory?: number;
  readonly pids?: number;
  readonly cpuQuota?: number;
  readonly cpuPeriod?: number;
}

/** Version 1 writes "no limit" as the largest number of pages. */
const NO_LIMIT_1 = 2 ** 62;

/** Reads back the limits of the files. */
export function readLimits(places: Places): Limits {
  const out: { -readonly [K in keyof Limits]: Limits[K] } = {};
  const memory = places('memory');
  if (memory !== undefined) {
    const limit = readNumber(
      `${memory.directory}/${memory.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'}`,
    );
    if (limit > 0 && limit < NO_LIMIT_1) out.memory = limit;
  }
  const task = places('pids');
  const most = task === undefined ? Number.POSITIVE_INFINITY : readNumber(`${task.directory}/pids.max`);
  if (Number.isFinite(most) && most > 0) out.pids = most;
  const cpu = places('cpu');
  if (cpu === undefined) return out;
  const [quota, period] =
    cpu.version === 2
      ? readCpuMax(cpu.directory)
      : [readNumber(`${cpu.directory}/cpu.cfs_quota_us`), readNumber(`${cpu.directory}/cpu.cfs_period_us`)];
  if (quota > 0 && Number.isFinite(quota)) {
    out.cpuQuota = quota;
    out.cpuPeriod = period;
  }
  return out;
}
