/** Mappings of ids (user_namespaces(7)): ranges that must not meet. */
import type { Report } from './report.js';
import type { OciMapping } from './types.js';

/** Lines that /proc/pid/uid_map takes. */
const MOST = 340;
const IDS = 2 ** 32;

/** @param at the field that holds them */
export function checkMappings(at: string, mappings: readonly OciMapping[], report: Report): void {
  if (mappings.length > MOST) report.mistake(at, `must not have more than ${MOST} items`);
  for (const [i, { size, containerID, hostID }] of mappings.entries()) {
    if (size === 0) report.mistake(`${at}[${i}].size`, 'must be above 0');
    if (containerID + size > IDS || hostID + size > IDS)
      report.mistake(`${at}[${i}].size`, 'reaches beyond the last id, 4294967295');
  }
  for (const key of ['containerID', 'hostID'] as const) {
    const order = mappings
      .map((mapping, index) => ({ start: mapping[key], end: mapping[key] + mapping.size, index }))
      .sort((a, b) => a.start - b.start || a.index - b.index);
    for (const [i, range] of order.entries()) {
      const before = order[i - 1];
      if (before !== undefined && before.end > range.start) {
        const [low, high] = [Math.min(before.index, range.index), Math.max(before.index, range.index)];
        report.mistake(`${at}[${high}].${key}`, `overlaps with ${at}[${low}]`);
      }
    }
  }
}
