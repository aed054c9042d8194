/** How figures are written, the same in every report. */

import type { CompatRun } from '../model.js';
import type { Cell } from './matrix.js';

const TITLES: Record<CompatRun['suite'], string> = {
  cases: 'Linux system call compatibility',
  ltp: 'Linux Test Project: system calls',
  gtest: 'gtest binaries',
};

/** The report's heading. */
export function suiteTitle(run: CompatRun): string {
  return TITLES[run.suite];
}

/** `3/5`; skipped ones are no part of it, and nothing at all is an empty string. */
export function fraction(cell: Cell): string {
  if (cell.total > 0) {
    return `${cell.passed}/${cell.total}`;
  }
  return cell.skipped > 0 ? 'skipped' : '';
}

/** With one decimal, rounded down: only all is 100 %. */
export function percent(part: number, whole: number): string {
  if (whole === 0) {
    return '-';
  }
  const tenths = Math.floor((part / whole) * 1000);
  return `${tenths === 1000 ? '100' : (tenths / 10).toFixed(1)} %`;
}

/** `2 failed, 1 known gap, 3 not reached, 1 skipped`: what a fraction leaves out. */
export function remainder(cell: Cell): string {
  const parts: [number, string][] = [
    [cell.failed, 'failed'],
    [cell.expected, cell.expected === 1 ? 'known gap' : 'known gaps'],
    [cell.notReached, 'not reached'],
    [cell.skipped, 'skipped'],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(', ');
}

/** `2026-01-02 03:04 UTC` of an ISO time; other text as it is. */
export function day(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso);
  return match ? `${match[1]} ${match[2]} UTC` : iso;
}

/** `12 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
