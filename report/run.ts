/**
 * `npm run report`: one page with plots and one Markdown summary, from the files that the compatibility suite and the
 * benchmarks left behind.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { firstLine } from '../compat/report/text.js';
import { buildReport } from './build.js';
import { reportHtml } from './html.js';
import { type ChosenFiles, InputError, readInputs } from './inputs.js';
import { reportMarkdown } from './markdown.js';
import { takeRuns } from './take-runs.js';

interface Options extends ChosenFiles {
  html: string;
  markdown: string;
  run?: true;
}

const append = (file: string, list: string[] | undefined): string[] => [...(list ?? []), file];

function parse(args: string[]): Options {
  return new Command('report')
    .description(
      'One static page with plots and one Markdown summary of earlier runs. What is not named is the newest in bench/out and .cache.',
    )
    .option(
      '--compat <file>',
      'a run of the compatibility cases: tvisor compat --json FILE; repeat for other targets',
      append,
    )
    .option(
      '--ltp <file>',
      'a run of the Linux Test Project or of gtest binaries: tvisor compat --ltp DIR --json FILE; repeat for other targets',
      append,
    )
    .option('--bench <file>', 'a run of npm run bench; repeat for a history', append)
    .option('--kernel <file>', 'a run of npm run bench:kernel', append)
    .option('--apps <file>', 'a run of npm run bench:apps', append)
    .option('--html <file>', 'where the page goes', join('bench', 'out', 'report.html'))
    .option('--markdown <file>', 'where the summary goes', join('bench', 'out', 'report.md'))
    .option('--run', 'take all runs but that of the Linux Test Project first: this takes a while')
    .parse(args, { from: 'user' })
    .opts<Options>();
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error));
  }
  console.log(`written to ${file}`);
}

async function main(options: Options): Promise<void> {
  const { html, markdown, run, ...chosen } = options;
  // A wrong file is said before anything is run.
  readInputs(chosen);
  if (run) {
    const interrupted = await takeRuns((line) => console.error(`report: ${line}`));
    if (interrupted !== undefined) {
      process.exitCode = 128 + constants.signals[interrupted];
      return;
    }
  }
  const report = buildReport(readInputs(chosen));
  write(html, reportHtml(report));
  write(markdown, reportMarkdown(report));
  for (const { title, reason } of report.absent) {
    console.log(`${title}: ${reason}`);
  }
}

try {
  await main(parse(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof InputError)) {
    throw error;
  }
  console.error(`report: ${firstLine(error.message, 400)}`);
  process.exitCode = 2;
}
