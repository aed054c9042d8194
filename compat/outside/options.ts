/** The options of `tvisor compat` for suites that others have written. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../../src/cli/usage-error.js';
import { parsePatterns, parseShard, type Shard } from './select.js';

/** As commander hands them over. */
export interface OutsideOptions {
  ltp?: string;
  ltpFile?: string[];
  gtest?: string;
  skip?: string[];
  shard?: Shard;
  resume?: string;
  harmful?: true;
}

function toShard(text: string): Shard {
  try {
    return parseShard(text);
  } catch (error) {
    throw new UsageError('--shard', (error as Error).message.replace(/^--shard: /, ''));
  }
}

/** A pattern, or `@FILE` with one a line. */
function appendSkips(text: string, previous: string[] = []): string[] {
  if (!text.startsWith('@')) return [...previous, text];
  try {
    return [...previous, ...parsePatterns(readFileSync(text.slice(1), 'utf8'))];
  } catch (error) {
    throw new UsageError('--skip', `'${text}': ${(error as Error).message}`);
  }
}

/** Add the options to the command. */
export function addOutsideOptions(command: Command): Command {
  return command
    .option('--ltp <dir>', 'run a built Linux Test Project tree instead of the suite')
    .option(
      '--ltp-file <name>',
      'one of its runtest files, instead of syscalls; repeat for more',
      (text: string, previous: string[] = []) => [...previous, ...text.split(',')],
    )
    .option('--gtest <dir>', 'run the gtest binaries of a directory instead of the suite')
    .option(
      '--skip <name>',
      '--ltp, --gtest: all but these, * and ? allowed; @FILE: one a line; repeat for more',
      appendSkips,
    )
    .option('--shard <i/n>', '--ltp, --gtest: every Nth test, beginning with the Ith', toShard)
    .option(
      '--resume <file>',
      '--ltp, --gtest: keep finished tests in a file, and do not run again what it has',
    )
    .option(
      '--harmful',
      "--ltp: give the host's kernel also what changes the machine (clock, modules, swap)",
    );
}

/** The options above that say something of an outside suite, by their names on the command line. */
function given(options: OutsideOptions): string[] {
  const all: [name: string, isGiven: boolean][] = [
    ['--ltp-file', options.ltpFile !== undefined],
    ['--skip', options.skip !== undefined],
    ['--shard', options.shard !== undefined],
    ['--resume', options.resume !== undefined],
    ['--harmful', options.harmful === true],
  ];
  return all.filter(([, isGiven]) => isGiven).map(([name]) => name);
}

/**
 * Check that the options fit together.
 *
 * @param others options of the suite's own cases that were given, by their names
 * @throws UsageError for the first that does not
 */
export function checkOutsideOptions(options: OutsideOptions, others: readonly string[]): void {
  const { ltp, gtest } = options;
  if (ltp !== undefined && gtest !== undefined) throw new UsageError('--gtest', 'not together with --ltp');
  const own = ltp !== undefined ? [] : gtest !== undefined ? ['--ltp-file', '--harmful'] : undefined;
  const wrong = given(options).find((name) => own === undefined || own.includes(name));
  if (wrong !== undefined) {
    throw new UsageError(wrong, `only with --ltp${own === undefined ? ' or --gtest' : ''}`);
  }
  if (own !== undefined && others[0] !== undefined) {
    throw new UsageError(others[0], 'only for the cases of the suite itself');
  }
}
