/** `tvisor profile`: what `tvisor do --profile` has written, as a table. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { ProfileReport } from '../profile/report.js';
import { parseSortKey } from './options.js';
import { UsageError } from './usage-error.js';

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError('FILE', `'${path}': ${code === 'ENOENT' ? 'no such file or directory' : message}`);
  }
}

function readReport(path: string): ProfileReport {
  const text = readText(path);
  if (text === '') {
    throw new UsageError('FILE', `'${path}': empty: the sandbox still runs, or never did, or was killed`);
  }
  try {
    const report = JSON.parse(text) as Partial<ProfileReport>;
    if (report.format === 'tvisor-profile' && report.version === 1) return report as ProfileReport;
  } catch {
    // Not JSON.
  }
  throw new UsageError('FILE', `'${path}': not written by this version of tvisor do --profile`);
}

async function printProfile(path: string, options: { sort: string }): Promise<void> {
  const sort = parseSortKey(options.sort);
  const report = readReport(path);
  const { formatProfile } = await import('../profile/table.js');
  console.log(formatProfile(report, sort));
}

const notes = `
Columns: PLACE is who answered: native (the host kernel), fast (C++), typescript (the sentry), traced (the host, after the
tracer). TIME and percentiles are spent answering, without waiting; WAITED of the COUNT calls had to wait, for WAIT in all.
BYTES were read or written. The file itself has more; docs/profiling.md explains it, and FILE.cpuprofile.`;

/** The command, for the program to add to its own. */
export function profileCommand(): Command {
  return new Command('profile')
    .summary('print what do --profile has measured')
    .description(
      'Print the file that tvisor do --profile=FILE has written, one line for each system call and place.',
    )
    .argument('<file>')
    .option('--sort <key>', 'time, wait, count or bytes, the greatest first', 'time')
    .addHelpText('after', notes)
    .action(printProfile);
}
