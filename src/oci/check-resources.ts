/** What the fields of `linux.resources` mean together; also of the file that `update` reads. */
import { isCpuList } from './check-process.js';
import { member, quoted, type Report } from './report.js';
import type { OciDeviceRule, OciResources } from './types.js';

function checkMemory(at: string, { memory }: OciResources, partial: boolean, report: Report): void {
  if (memory === undefined) return;
  const { limit = 0, swap = 0, reservation = 0 } = memory;
  if (swap > 0 && limit > 0 && swap < limit)
    report.mistake(
      `${at}.memory.swap`,
      `counts memory and swap together and must not be below the limit (${swap} < ${limit})`,
    );
  if (!partial && swap > 0 && limit <= 0 && memory.limit !== -1)
    report.mistake(`${at}.memory.swap`, 'needs a limit of the memory, too');
  if (reservation > 0 && limit > 0 && reservation > limit)
    report.mistake(`${at}.memory.reservation`, `must not be above the limit (${reservation} > ${limit})`);
}

function checkCpu(at: string, { cpu }: OciResources, report: Report): void {
  if (cpu === undefined) return;
  const { quota = 0, period = 0, burst = 0, shares = 0 } = cpu;
  // The kernel's own bounds (min_cfs_quota_period, max_cfs_quota_period), microseconds; 0 is as it was.
  if (quota > 0 && quota < 1000) report.mistake(`${at}.cpu.quota`, `must be at least 1000, not ${quota}`);
  if (period !== 0 && (period < 1000 || period > 1_000_000))
    report.mistake(`${at}.cpu.period`, `must be from 1000 to 1000000, not ${period}`);
  if (quota > 0 && burst > quota)
    report.mistake(`${at}.cpu.burst`, `must not be above the quota (${burst} > ${quota})`);
  if (shares === 1) report.mistake(`${at}.cpu.shares`, 'must be at least 2');
  for (const key of ['cpus', 'mems'] as const) {
    const list = cpu[key];
    if (list !== undefined && list.trim() !== '' && !isCpuList(list))
      report.mistake(`${at}.cpu.${key}`, `must be a list like 0-3,7, not ${quoted(list)}`);
  }
}

function checkDeviceRule(at: string, rule: OciDeviceRule, report: Report): void {
  const { access } = rule;
  if (access !== undefined && !/^[rwm]*$/.test(access))
    report.mistake(`${at}.access`, `must be made of r, w and m, not ${quoted(access)}`);
}

function checkBlockIO(at: string, { blockIO }: OciResources, report: Report): void {
  const weights: [string, { weight?: number | undefined; leafWeight?: number | undefined }][] = [
    [`${at}.blockIO`, blockIO ?? {}],
    ...(blockIO?.weightDevice ?? []).map(
      (device, i) => [`${at}.blockIO.weightDevice[${i}]`, device] as [string, typeof device],
    ),
  ];
  for (const [field, of] of weights) {
    for (const key of ['weight', 'leafWeight'] as const) {
      const n = of[key] ?? 0;
      if (n !== 0 && n < 10) report.mistake(`${field}.${key}`, `must be from 10 to 1000, not ${n}`);
    }
  }
}

function checkHugepages(at: string, { hugepageLimits }: OciResources, report: Report): void {
  const seen = new Set<string>();
  for (const [i, { pageSize }] of (hugepageLimits ?? []).entries()) {
    const field = `${at}.hugepageLimits[${i}].pageSize`;
    if (!/^[1-9]\d*[KMG]B$/.test(pageSize))
      report.mistake(field, `must be a size like 2MB, not ${quoted(pageSize)}`);
    if (seen.has(pageSize)) report.mistake(field, `${pageSize} is there twice`);
    seen.add(pageSize);
  }
}

/**
 * @param at `linux.resources`, or how else the object is called in messages
 * @param partial only what changes is there: the rest holds as it was
 */
export function checkResources(at: string, resources: OciResources, report: Report, partial = false): void {
  checkMemory(at, resources, partial, report);
  checkCpu(at, resources, report);
  for (const [i, rule] of (resources.devices ?? []).entries())
    checkDeviceRule(`${at}.devices[${i}]`, rule, report);
  checkBlockIO(at, resources, report);
  checkHugepages(at, resources, report);
  for (const [i, { name }] of (resources.network?.priorities ?? []).entries()) {
    if (name === '') report.mistake(`${at}.network.priorities[${i}].name`, 'must not be empty');
  }
  for (const file of Object.keys(resources.unified ?? {})) {
    if (!/^[\w-]+(\.[\w-]+)+$/.test(file))
      report.mistake(member(`${at}.unified`, file), 'is not the name of a file of a control group');
  }
}
