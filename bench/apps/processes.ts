/** What the processes below one process take of the machine, from /proc. Man page: proc(5). */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second: USER_HZ is 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  pid: number;
  parent: number;
  /** Of user and system together, in ticks. */
  ticks: number;
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold anything; after it the third field comes first.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

/** The processes that there are now. */
export function processNumbers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function statsOf(pids: readonly number[]): ProcessStat[] {
  return pids.map(readStat).filter((stat) => stat !== undefined);
}

/** All that descend from a process, without itself. */
function descendants(root: number): ProcessStat[] {
  const all = statsOf(processNumbers());
  const found = all.filter((stat) => stat.parent === root);
  for (let i = 0; i < found.length; i++) {
    found.push(...all.filter((stat) => stat.parent === found[i]?.pid));
  }
  return found;
}

/** The proportional set size of one process in bytes; 0 if it is gone or not ours to look at. */
function proportionalSetSize(pid: number): number {
  try {
    const kib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** What processes take now. */
export interface Usage {
  processes: number;
  /** Bytes; memory that several share is divided among them. */
  pss: number;
  /** Processor time since they started, in milliseconds. */
  cpu: number;
}

/**
 * What the descendants of a process take.
 *
 * @param root host process id
 */
export function usageOf(root: number): Usage {
  return usage(descendants(root));
}

/** What some processes take, as far as they are still there. */
export function usageOfProcesses(pids: readonly number[]): Usage {
  return usage(statsOf(pids));
}

function usage(stats: readonly ProcessStat[]): Usage {
  const sum = (value: (stat: ProcessStat) => number): number => stats.reduce((a, stat) => a + value(stat), 0);
  return {
    processes: stats.length,
    pss: sum((stat) => proportionalSetSize(stat.pid)),
    cpu: (sum((stat) => stat.ticks) * 1000) / TICKS_PER_SECOND,
  };
}

/** MemAvailable of the machine, in bytes. */
export function availableMemory(): number {
  const kib = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1];
  return Number(kib ?? 0) * 1024;
}
