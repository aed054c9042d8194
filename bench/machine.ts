/** What the figures were taken on: without it they mean nothing. */
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  cpu: string;
  cores: number;
  /** True when the processor says that a hypervisor is below it. */
  virtual: boolean;
  architecture: string;
  memoryGiB: number;
  kernel: string;
  node: string;
  /** Of the last minute, before the run. */
  load: number;
  /** cpufreq's, or "none" where the machine has no frequency scaling that Linux can see. */
  governor: string;
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return otherwise;
  }
}

/** Describe this machine as it is now. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    virtual: /^flags\s*:.*\bhypervisor\b/m.test(readOr('/proc/cpuinfo', '')),
    architecture: arch(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    load: loadavg()[0] ?? 0,
    governor: readOr('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'none'),
  };
}

/** Two lines for people. */
export function formatMachine(machine: Machine): string {
  const kind = machine.virtual ? 'virtual machine' : 'real machine';
  const load = machine.load.toFixed(2);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.architecture}, ${kind}`,
    `Linux ${machine.kernel}, Node ${machine.node}, load ${load}, governor ${machine.governor}`,
  ].join('\n');
}
