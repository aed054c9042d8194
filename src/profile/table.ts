/** A profile for people: one line a call and place. */

import CliTable from 'cli-table3';
import type { CallReport, ProfileReport, Times } from './report.js';
import { places } from './report.js';

/** What the dearest call is dearest in. */
export type SortKey = 'time' | 'wait' | 'count' | 'bytes';

const KEY: Record<SortKey, (call: CallReport) => number> = {
  time: (c) => c.time?.total ?? 0,
  wait: (c) => c.wait.total,
  count: (c) => c.count,
  bytes: (c) => c.bytes.moved,
};

/** A duration in the unit that suits it, three digits. */
export function duration(ns: number): string {
  if (ns === 0) return '0';
  if (ns < 1e3) return `${ns} ns`;
  for (const [unit, size] of [
    ['us', 1e3],
    ['ms', 1e6],
  ] as const) {
    if (ns < size * 999.5) return `${Number((ns / size).toPrecision(3))} ${unit}`;
  }
  return `${Number((ns / 1e9).toPrecision(3))} s`;
}

/** Rows as lines without borders; the first `left` columns and the last are aligned left, the others right. */
function columns(rows: readonly (readonly string[])[], left: number): string {
  const last = (rows[0]?.length ?? 0) - 1;
  const table = new CliTable({
    chars: Object.fromEntries(
      [
        ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
        ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
      ].map((name) => [name, '']),
    ),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: (rows[0] ?? []).map((_, i) => (i < left || i === last ? 'left' : 'right')),
  });
  table.options.chars.middle = '  ';
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function line(call: CallReport): string[] {
  const times = (t: Times | null): string[] =>
    t === null || t.samples === 0
      ? ['-', '-', '-', '-', '-']
      : [t.total, t.p50, t.p90, t.p99, t.max].map(duration);
  const errors = Object.entries(call.errors).map(([name, n]) => `${name} ${n}`);
  return [
    call.name,
    call.place,
    String(call.count),
    ...times(call.time),
    call.wait.samples === 0 ? '-' : String(call.wait.samples),
    call.wait.samples === 0 ? '-' : duration(call.wait.total),
    call.bytes.moved === 0 ? '-' : String(call.bytes.moved),
    errors.length === 0 ? '-' : errors.join(', '),
  ];
}

const HEAD = 'CALL PLACE COUNT TIME P50 P90 P99 MAX WAITED WAIT BYTES ERRORS'.split(' ');

/** The whole text, without a newline at its end. */
export function formatProfile(report: ProfileReport, sort: SortKey): string {
  const calls = [...report.calls].sort((a, b) => KEY[sort](b) - KEY[sort](a));
  const sums = places.map((place) => {
    const p = report.places[place];
    return [place, String(p.count), duration(p.time), duration(p.wait), p.failed === 0 ? '-' : `${p.failed}`];
  });
  const floor =
    report.nativeFloor === null
      ? ''
      : `\nNative times hold at least ${duration(report.nativeFloor)} a call of watching it.`;
  return [
    `${report.command.join(' ')}: ${duration(report.elapsed)}, exit status ${report.exitStatus}`,
    columns([HEAD, ...calls.map(line)], 2),
    columns([['PLACE', 'COUNT', 'TIME', 'WAIT', 'FAILED'], ...sums], 1) + floor,
  ].join('\n\n');
}
