/** `worker.ts DURATION ROW...`: times these rows in a process of its own and prints a line of JSON for each. */
import { compileSoon } from '../../src/sentry/tiering.js';
import { timeRow } from './measure.js';

// As the sentry does, and before the kernel's functions first run.
compileSoon();
const { kernelRows } = await import('./rows.js');
const [duration = '4', ...names] = process.argv.slice(2);
for (const row of kernelRows.filter((candidate) => names.includes(candidate.name))) {
  console.log(JSON.stringify(timeRow(row, Number(duration))));
}
