/** The lines that a workload prints, read. */

export interface Result {
  metric: string;
  value: number;
  unit: string;
}

/** What one run of a workload said. `checks`: how many answers were compared. */
export type Outcome =
  | { kind: 'figures'; results: Result[]; checks: number }
  | { kind: 'skip' | 'wrong'; reason: string };

/** How a workload's process ended. */
export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

function readResult(line: string): Result | undefined {
  const [, metric = '', number = '', unit = ''] = /^result (\S+) (\S+) (\S+)$/.exec(line) ?? [];
  const value = Number(number);
  return metric !== '' && Number.isFinite(value) && value > 0 ? { metric, value, unit } : undefined;
}

/**
 * Read what a run printed. Anything but figures that were checked is no result: a workload that compares no answer has
 * no speed.
 */
export function readOutcome(ended: Ended): Outcome {
  const lines = ended.stdout.split('\n');
  for (const kind of ['wrong', 'skip'] as const) {
    const line = lines.find((candidate) => candidate.startsWith(`${kind} `));
    if (line !== undefined) {
      return { kind, reason: line.slice(kind.length + 1).trim() };
    }
  }
  if (ended.timedOut || ended.status !== 0) {
    const words = ended.stderr.trim().split('\n').pop() ?? '';
    const how = ended.timedOut ? 'timed out' : `exit status ${ended.status}`;
    return { kind: 'wrong', reason: words === '' ? how : `${how}: ${words.slice(0, 200)}` };
  }
  const announced = lines.filter((line) => line.startsWith('result '));
  const results = announced.map(readResult);
  if (results.length === 0 || results.includes(undefined)) {
    const bad = announced[results.indexOf(undefined)];
    return { kind: 'wrong', reason: bad === undefined ? 'it printed no figure' : `not a figure: ${bad}` };
  }
  const checks = lines.filter((line) => line.startsWith('checked ')).length;
  if (checks === 0) {
    return { kind: 'wrong', reason: 'no answer was checked' };
  }
  return { kind: 'figures', results: results.filter((result) => result !== undefined), checks };
}

/** Whether a larger value of a unit is better: rates are, times and sizes are not. */
export function betterOf(unit: string): 'higher' | 'lower' {
  return unit.endsWith('/s') || unit === 'sandboxes' ? 'higher' : 'lower';
}
