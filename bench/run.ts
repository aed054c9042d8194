/**
 * `make bench`: what a system call costs natively, under a bare trap, in tvisor and in runsc, taken in one
 * interleaved run. The table is for looking at; no test depends on a time.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { scratchDirectory } from '../test/support/run.js';
import { findTool } from '../test/support/tools.js';
import { describeMachine, formatMachine } from './machine.js';
import { type Cell, measure } from './measure.js';
import { Results, ratiosTable, timesTable } from './report.js';
import { callRows, type Row, startRow } from './rows.js';
import { compilePrograms, findTargets } from './targets.js';

const usage = `usage: make bench, or node --import tsx bench/run.ts [OPTION...]
  --rounds N        rounds in which the targets take turns (5)
  --duration MS     length of one measurement's loop (200)
  --rows A,B        only these rows:
                    ${[...callRows, startRow].map((row) => row.name).join(' ')}
  --targets A,B     only these: native bare-trap tvisor runsc (all its platforms) runsc-ptrace ...
  --runsc PATH      another runsc than the one in PATH
  --pin CPU         everything on this one processor
  --json FILE       also write all samples there
  --help`;

interface Options {
  rounds: number;
  duration: number;
  rows: Row[];
  targets: ReadonlySet<string> | undefined;
  runsc: string | undefined;
  pin: number | undefined;
  json: string | undefined;
}

/** A mistake in the command line. */
class UsageError extends Error {}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new UsageError(`--${name}: not a whole number from ${least} up: ${text}`);
  }
  return value;
}

function chooseRows(text: string | undefined): Row[] {
  const all = [...callRows, startRow];
  const names = text?.split(',');
  const unknown = names?.find((name) => !all.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`--rows: no such row: ${unknown}`);
  }
  return names ? all.filter((row) => names.includes(row.name)) : all;
}

/** The command line; undefined when only help is wanted. */
function parse(args: string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      rounds: { ...text, default: '5' },
      duration: { ...text, default: '200' },
      rows: text,
      targets: text,
      runsc: text,
      pin: text,
      json: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    return undefined;
  }
  return {
    rounds: wholeNumber('rounds', values.rounds, 1),
    duration: wholeNumber('duration', values.duration, 1),
    rows: chooseRows(values.rows),
    targets: values.targets === undefined ? undefined : new Set(values.targets.split(',')),
    runsc: values.runsc,
    pin: values.pin === undefined ? undefined : wholeNumber('pin', values.pin, 0),
    json: values.json,
  };
}

/** What puts a command on one processor, or nothing. */
function pinning(cpu: number | undefined): string[] {
  if (cpu === undefined) {
    return [];
  }
  const taskset = findTool('taskset');
  if (taskset === undefined) {
    throw new UsageError('--pin: taskset is not installed');
  }
  return [taskset, '-c', String(cpu)];
}

function writeJson(path: string, head: Record<string, unknown>, cells: readonly Cell[]): void {
  const measurements = cells.map((cell) => ({
    row: cell.row.name,
    target: cell.target.name,
    iterations: cell.iterations,
    nanoseconds: cell.samples,
    ...(cell.failed === undefined ? {} : { failed: cell.failed }),
  }));
  writeFileSync(path, `${JSON.stringify({ ...head, measurements }, null, 2)}\n`);
}

async function main(options: Options): Promise<void> {
  const wrapper = pinning(options.pin);
  const machine = describeMachine();
  const began = Date.now();
  const directory = scratchDirectory('bench');
  const programs = await compilePrograms(directory);
  const { targets, notes } = await findTargets(programs, directory, options.targets, options.runsc);
  const cells = await measure({
    rows: options.rows,
    targets,
    micro: programs.micro,
    rounds: options.rounds,
    duration: options.duration,
    wrapper,
    progress: (line) => console.error(`bench: ${line}`),
  });
  const seconds = Math.round((Date.now() - began) / 1000);
  const results = new Results(cells);
  const pinned = options.pin === undefined ? 'not pinned' : `all on processor ${options.pin}`;
  console.log(`\n${formatMachine(machine)}\n${options.rounds} rounds, ${pinned}, ${seconds} s\n`);
  console.log(`${timesTable(results)}\n\n${ratiosTable(results)}`);
  const remarks = [...notes, ...results.failures()];
  if (remarks.length > 0) {
    console.log(`\nNot measured (-):\n${remarks.map((line) => `  ${line}`).join('\n')}`);
  }
  if (options.json !== undefined) {
    writeJson(
      options.json,
      { machine, rounds: options.rounds, pin: options.pin ?? null, seconds, notes },
      cells,
    );
  }
}

// An interrupted run removes its scratch directory too (that happens on exit).
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  const options = parse(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
  } else {
    await main(options);
  }
} catch (error) {
  if (error instanceof UsageError || (error instanceof TypeError && 'code' in error)) {
    console.error(`bench: ${error.message}\n${usage}`);
    process.exitCode = 2;
  } else {
    throw error;
  }
}
