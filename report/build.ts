/** From runs to a report: all targets of a suite, the newest run of each benchmark, all micro benchmarks for their history. */
import type { Inputs } from './inputs.js';
import type { Absent, Report, Section } from './model.js';
import { Palette } from './palette.js';
import { appsSection } from './sections/apps.js';
import { compatSection } from './sections/compat.js';
import { historySection } from './sections/history.js';
import { kernelSection, microSection } from './sections/micro.js';

/** How each kind is made, for who has none. */
const HOW: { [kind in keyof Inputs]: Absent } = {
  compat: {
    title: 'Compatibility',
    reason: 'no run found; npm run compat -- --json .cache/compat.json makes one',
  },
  ltp: {
    title: 'Linux Test Project',
    reason: 'no run found; bin/tvisor compat --ltp DIR --json .cache/ltp.json makes one',
  },
  bench: { title: 'Micro benchmarks', reason: 'no run found; npm run bench makes one' },
  apps: { title: 'Applications', reason: 'no run found; npm run bench:apps makes one' },
  kernel: { title: 'The kernel by itself', reason: 'no run found; npm run bench:kernel makes one' },
};

/** Work out the report of these runs. */
export function buildReport(inputs: Inputs): Report {
  const palette = new Palette();
  const sections: Section[] = [];
  const absent: Absent[] = [];
  const add = <T>(
    kind: keyof Inputs,
    run: T | undefined,
    make: (run: T, palette: Palette) => Section,
  ): void => {
    if (run === undefined) absent.push(HOW[kind]);
    else sections.push(make(run, palette));
  };
  add('compat', inputs.compat.length > 0 ? inputs.compat : undefined, compatSection);
  const suites = Array.from(new Set(inputs.ltp.map(({ suite }) => suite)));
  for (const suite of suites.length > 0 ? suites : [undefined]) {
    const runs = inputs.ltp.filter((run) => run.suite === suite);
    add('ltp', runs.length > 0 ? runs : undefined, compatSection);
  }
  add('bench', inputs.bench[0], microSection);
  add('apps', inputs.apps[0], appsSection);
  add('kernel', inputs.kernel[0], kernelSection);
  const history = historySection(inputs.bench);
  if (history === undefined) {
    absent.push({
      title: 'From commit to commit',
      reason: 'needs at least two runs of npm run bench with tvisor and the bare trap or native',
    });
  } else {
    sections.push(history);
  }
  const dates = Object.values(inputs).flatMap((runs: { started: string }[]) => runs[0]?.started ?? []);
  return { date: dates.sort().pop() ?? '', sections, absent };
}
