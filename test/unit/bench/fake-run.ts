/** Made-up runs. */
import type { BenchRun, CellResult } from '../../../bench/model.js';

/** Even numbers in [0, 1), the same for the same seed (a linear congruence). */
export function randoms(seed: number): () => number {
  let state = seed * 7919 + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A cell as `makeRun` takes it: without `fastest` its loops have no parts. */
export type FakeCell = Omit<CellResult, 'fastest'> & { fastest?: number[] };

/** A run of a quiet machine with these cells. */
export function makeRun(fakes: FakeCell[], settings: Partial<BenchRun['settings']> = {}): BenchRun {
  const cells = fakes.map((cell): CellResult => ({ ...cell, fastest: cell.fastest ?? cell.samples }));
  const names = [...new Set(cells.map((cell) => cell.row))];
  return {
    format: 'tvisor-bench/1',
    kind: 'micro',
    started: '2026-01-02T03:04:05.678Z',
    seconds: 1,
    commit: { id: '0123456789abcdef', dirty: false },
    machine: {
      cpu: 'a processor',
      cores: 2,
      virtual: true,
      architecture: 'x64',
      memoryGiB: 4,
      kernel: '6.6',
      node: 'v20',
      load: 0,
      governor: 'none',
    },
    settings: { rounds: cells[0]?.samples.length ?? 0, duration: 50, pin: null, ...settings },
    noise: {
      spins: [5, 5],
      spread: 0,
      range: 0,
      steal: 0,
      preemptions: 0,
      load: { before: 0, after: 0 },
      warnings: [],
    },
    targets: [...new Set(cells.map((cell) => cell.target))].map((name) => ({ name, version: '' })),
    rows: names.map((name) => ({ name, label: name, family: 'made up' })),
    cells,
    notes: [],
  };
}
