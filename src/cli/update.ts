/** `tvisor update`: other limits for a container. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { contextOf } from './context.js';
import { accepted } from './flags/common.js';
import { UsageError } from './usage-error.js';

/** The flags, by the name that the option has in JavaScript. */
interface UpdateFlags {
  resources?: string;
  blkioWeight?: string;
  cpuPeriod?: string;
  cpuQuota?: string;
  cpuShare?: string;
  cpuBurst?: string;
  cpuIdle?: string;
  cpuRtPeriod?: string;
  cpuRtRuntime?: string;
  cpusetCpus?: string;
  cpusetMems?: string;
  memory?: string;
  memoryReservation?: string;
  memorySwap?: string;
  pidsLimit?: string;
}

type Resources = Record<string, Record<string, number | string>>;

function wholeNumber(option: string, text: string): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new UsageError(option, `'${text}': expected a whole number`);
  return value;
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
};

/** Bytes, with K, M, G and T as runc takes them (also KiB, kb); -1: no limit. */
function bytes(option: string, text: string): number {
  if (text === '-1') return -1;
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text);
  const value = Math.floor(Number(match?.[1]) * (FACTORS[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN));
  if (!Number.isSafeInteger(value)) {
    throw new UsageError(option, `'${text}': expected a number of bytes, like 64M, or -1`);
  }
  return value;
}

function same(_option: string, text: string): string {
  return text;
}

/** Which field of config.json's linux.resources each flag is. */
const FIELDS: readonly (readonly [
  flag: Exclude<keyof UpdateFlags, 'resources'>,
  group: string,
  field: string,
  parse: (option: string, text: string) => number | string,
])[] = [
  ['blkioWeight', 'blockIO', 'weight', wholeNumber],
  ['cpuPeriod', 'cpu', 'period', wholeNumber],
  ['cpuQuota', 'cpu', 'quota', wholeNumber],
  ['cpuShare', 'cpu', 'shares', wholeNumber],
  ['cpuBurst', 'cpu', 'burst', wholeNumber],
  ['cpuIdle', 'cpu', 'idle', wholeNumber],
  ['cpuRtPeriod', 'cpu', 'realtimePeriod', wholeNumber],
  ['cpuRtRuntime', 'cpu', 'realtimeRuntime', wholeNumber],
  ['cpusetCpus', 'cpu', 'cpus', same],
  ['cpusetMems', 'cpu', 'mems', same],
  ['memory', 'memory', 'limit', bytes],
  ['memoryReservation', 'memory', 'reservation', bytes],
  ['memorySwap', 'memory', 'swap', bytes],
  ['pidsLimit', 'pids', 'limit', wholeNumber],
];

/** linux.resources as the flags say it. @throws UsageError */
export function resourcesOf(flags: UpdateFlags): Resources {
  const resources: Resources = {};
  for (const [flag, group, field, parse] of FIELDS) {
    const text = flags[flag];
    if (text === undefined) continue;
    const option = `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    resources[group] = { ...resources[group], [field]: parse(option, text) };
  }
  return resources;
}

async function update(id: string, flags: UpdateFlags, command: Command): Promise<void> {
  const file = flags.resources;
  const given = resourcesOf(flags);
  const { Runtime } = await import('../runtime/runtime.js');
  const { readResourcesFile, updateContainer } = await import('../runtime/update.js');
  // As with runc, a file makes the other flags mean nothing.
  const text =
    file === undefined ? JSON.stringify(given) : readResourcesFile(file === '-' ? undefined : resolve(file));
  await updateContainer(new Runtime(contextOf(command)), id, text);
}

/** The command, for the program to add to its own. */
export function updateCommand(): Command {
  const command = new Command('update')
    .summary("change a container's limits")
    .description("Change a container's limits; those that are not named stay.")
    .usage('[options] ID')
    .argument('<id>')
    .option('-r, --resources <file>', 'JSON like linux.resources of config.json; -: standard input')
    .option('--blkio-weight <n>', 'share of block I/O, 10 to 1000')
    .option('--cpu-period <us>', 'CPU period')
    .option('--cpu-quota <us>', 'CPU time in each period')
    .option('--cpu-share <n>', 'CPU shares')
    .option('--cpu-burst <us>', 'CPU time that may be saved up')
    .option('--cpu-idle <n>', '1: run only when nobody else wants to')
    .option('--cpu-rt-period <us>', 'CPU period of real-time tasks')
    .option('--cpu-rt-runtime <us>', 'CPU time of real-time tasks in each period')
    .option('--cpuset-cpus <list>', 'CPUs to use')
    .option('--cpuset-mems <list>', 'memory nodes to use')
    .option('--memory <bytes>', 'memory limit; -1: none')
    .option('--memory-reservation <bytes>', 'soft memory limit')
    .option('--memory-swap <bytes>', 'memory and swap together; -1: no limit')
    .option('--pids-limit <n>', 'processes at most; -1: no limit');
  return accepted(command, '--kernel-memory <bytes>', '--kernel-memory-tcp <bytes>').action(update);
}
