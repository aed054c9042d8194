/** `tvisor events`: statistics, and what happened for lack of memory. */
import { Command } from 'commander';
import { contextOf } from './context.js';
import { UsageError } from './usage-error.js';

interface EventsFlags {
  stats?: true;
  interval: string;
}

/** Milliseconds of one unit of Go's durations. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A duration as Go writes it (`1m30s`, `500ms`), or seconds; in milliseconds. @throws UsageError */
export function parseDuration(option: string, text: string): number {
  const parts = Array.from(text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g));
  const whole = parts.map(([part]) => part).join('') === text && text !== '';
  const plain = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined;
  const total =
    plain ?? parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
  if ((plain === undefined && !whole) || total < 1 || total > 2 ** 31) {
    throw new UsageError(option, `'${text}': expected a duration like 5s or 500ms`);
  }
  return total;
}

async function events(id: string, flags: EventsFlags, command: Command): Promise<void> {
  const interval = parseDuration('--interval', flags.interval);
  const { Runtime } = await import('../runtime/runtime.js');
  const { printEvents } = await import('../runtime/events.js');
  await printEvents(new Runtime(contextOf(command)), id, flags.stats ? undefined : interval, (line) =>
    console.log(line),
  );
}

/** The command, for the program to add to its own. */
export function eventsCommand(): Command {
  return new Command('events')
    .summary('print statistics of a container')
    .description('Print statistics of a container, one JSON line each, until it stops.')
    .usage('[options] ID')
    .argument('<id>')
    .option('--stats', 'once')
    .option('--interval <duration>', 'time between two lines', '5s')
    .action(events);
}
