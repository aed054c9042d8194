/** Runs of every kind for the report's tests. */
import type { AppsRun } from '../../../bench/apps/model.js';
import type { BenchRun } from '../../../bench/model.js';
import type { Inputs } from '../../../report/inputs.js';
import { makeRun } from '../bench/fake-run.js';
import { compatRun, HOSTILE, hostileRun, sampleRun } from '../compat/sample.js';

export function benchRun(started: string, tvisor = 5000): BenchRun {
  const cell = (row: string, target: string, ...samples: number[]) => ({
    row,
    target,
    iterations: 10,
    samples,
  });
  const run = makeRun([
    cell('getppid', 'native', 100, 110, 90),
    cell('getppid', 'bare-trap', 4000, 4100, 3900),
    cell('getppid', 'tvisor', tvisor, tvisor, tvisor),
    { ...cell('getppid', 'runsc'), failed: 'timed out' },
    cell('start', 'tvisor', 5e7, 5e7, 5e7),
  ]);
  return { ...run, started };
}

export function appsRun(): AppsRun {
  const { machine } = makeRun([]);
  const figure = (app: string, metric: string, unit: string, target: string, samples: number[]) => ({
    app,
    metric,
    unit,
    better: unit === 'requests/s' ? ('higher' as const) : ('lower' as const),
    target,
    samples,
  });
  return {
    format: 'tvisor-apps/1',
    started: '2026-01-02T03:04:05.678Z',
    seconds: 10,
    rounds: 2,
    machine,
    targets: [
      { name: 'native', version: '' },
      { name: 'tvisor', version: '1' },
    ],
    figures: [
      figure('git', 'clone', 'ms', 'native', [100]),
      figure('git', 'clone', 'ms', 'tvisor', [150]),
      figure('redis', 'GET', 'requests/s', 'native', [1000]),
      figure('redis', 'GET', 'requests/s', 'tvisor', [250]),
      figure('idle', 'PSS of one', 'MiB', 'native', [1]),
      figure('idle', 'PSS of one', 'MiB', 'tvisor', [20]),
      figure('idle', 'processor time of one', 'ms a second', 'tvisor', [0]),
    ],
    missing: [{ app: 'nginx', target: 'tvisor', kind: 'skip', reason: 'no sockets' }],
    notes: [],
  };
}

export function sampleInputs(): Inputs {
  const ltp = compatRun(sampleRun().targets, { suite: 'ltp' });
  const kernel = {
    ...makeRun([{ row: 'walk', target: 'kernel', iterations: 1, samples: [7, 8] }]),
    kind: 'kernel' as const,
  };
  return {
    compat: [sampleRun()],
    ltp: [ltp],
    bench: [benchRun('2026-01-03T00:00:00Z'), benchRun('2026-01-02T00:00:00Z', 6000)],
    kernel: [kernel],
    apps: [appsRun()],
  };
}

/** Every word in a value that is not the name of something fixed, made hostile; the same word stays the same. */
function poison<T>(value: T, keep: ReadonlySet<string>): T {
  const inner = (one: unknown): unknown => {
    if (typeof one === 'string') {
      return keep.has(one) ? one : `${HOSTILE}${one}`;
    }
    if (Array.isArray(one)) {
      return one.map(inner);
    }
    return typeof one === 'object' && one !== null
      ? Object.fromEntries(Object.entries(one).map(([key, entry]) => [key, inner(entry)]))
      : one;
  };
  return inner(value) as T;
}

/** Names that the report looks for: with them as they are, all plots are drawn. */
const KEEP = new Set(['tvisor', 'native', 'bare-trap', 'getppid', 'start', 'idle', 'higher', 'lower']);

export function hostileInputs(): Inputs {
  const { bench, kernel, apps } = sampleInputs();
  return {
    compat: [{ ...hostileRun(), suite: 'cases' }],
    ltp: [hostileRun()],
    bench: poison(bench, KEEP),
    kernel: poison(kernel, KEEP),
    apps: poison(apps, KEEP),
  };
}
