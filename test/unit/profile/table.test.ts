/** The text that tvisor profile prints. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallReport, ProfileReport, Times } from '../../../src/profile/report.js';
import { duration, formatProfile } from '../../../src/profile/table.js';

test('durations have three digits and the unit that suits them', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [999, '999 ns'],
    [1000, '1 us'],
    [12_345, '12.3 us'],
    [999_499, '999 us'],
    [999_500, '1 ms'],
    [52_312_100, '52.3 ms'],
    [999_600_000, '1 s'],
    [123_456_000_000, '123 s'],
    [7_384_000_000_000, '7380 s'],
  ];
  for (const [ns, text] of cases) assert.equal(duration(ns), text);
});

const times = (samples: number, total: number): Times => ({
  samples,
  total,
  p50: 1000,
  p90: 2000,
  p99: 3000,
  max: 4000,
});

function call(name: string, over: Partial<CallReport>): CallReport {
  return {
    name,
    nr: 0,
    place: 'typescript',
    count: 1,
    succeeded: 1,
    failed: 0,
    unknown: 0,
    errors: {},
    time: times(1, 5000),
    wait: times(0, 0),
    bytes: { moved: 0, guestRead: 0, guestWritten: 0 },
    ...over,
  };
}

const nothing = { count: 0, failed: 0, time: 0, wait: 0 };
const report: ProfileReport = {
  format: 'tvisor-profile',
  version: 1,
  tvisor: '0',
  command: ['sh', '-c', 'x'],
  started: '2026-01-01T00:00:00.000Z',
  elapsed: 2e9,
  exitStatus: 3,
  nativeFloor: 9000,
  cpuProfile: { file: 'x', interval: 1, samples: 1, cut: false },
  places: {
    native: nothing,
    fast: nothing,
    typescript: { ...nothing, count: 4, failed: 2 },
    traced: nothing,
  },
  calls: [
    call('openat', { count: 3, failed: 2, errors: { ENOENT: 2 }, time: times(3, 9000) }),
    call('read', { wait: times(1, 7e6), bytes: { moved: 12, guestRead: 0, guestWritten: 12 } }),
    call('lseek', { place: 'fast', time: null }),
  ],
};

test('one line a call and place, columns apart', () => {
  const lines = formatProfile(report, 'time').split('\n');
  assert.equal(lines[0], 'sh -c x: 2 s, exit status 3');
  const rows = lines.slice(2, 6).map((line) => line.split(/ {2,}/).map((cell) => cell.trim()));
  assert.deepEqual(rows, [
    ['CALL', 'PLACE', 'COUNT', 'TIME', 'P50', 'P90', 'P99', 'MAX', 'WAITED', 'WAIT', 'BYTES', 'ERRORS'],
    ['openat', 'typescript', '3', '9 us', '1 us', '2 us', '3 us', '4 us', '-', '-', '-', 'ENOENT 2'],
    ['read', 'typescript', '1', '5 us', '1 us', '2 us', '3 us', '4 us', '1', '7 ms', '12', '-'],
    ['lseek', 'fast', '1', '-', '-', '-', '-', '-', '-', '-', '-', '-'],
  ]);
  assert.equal(lines.at(-1), 'Native times hold at least 9 us a call of watching it.');
});

test('sorted by what is asked for', () => {
  const first = (sort: Parameters<typeof formatProfile>[1]): string | undefined =>
    formatProfile(report, sort).split('\n')[3]?.split(' ')[0];
  assert.deepEqual(
    [first('time'), first('wait'), first('bytes'), first('count')],
    ['openat', 'read', 'read', 'openat'],
  );
});
