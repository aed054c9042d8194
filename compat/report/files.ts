/** Reports in files, from a run that has just ended or from one that was kept as JSON. */
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../../src/cli/usage-error.js';
import type { CompatRun } from '../model.js';
import { toHtml } from './html.js';
import { toJunit } from './junit.js';
import { toMarkdown } from './markdown.js';

/** The files that the command line asks for. */
export interface ReportFiles {
  json?: string;
  junit?: string;
  markdown?: string;
  html?: string;
}

/** From an option to the text that its file gets. */
const formats: { [option in keyof ReportFiles]-?: (run: CompatRun) => string } = {
  json: (run) => `${JSON.stringify(run, null, 1)}\n`,
  junit: toJunit,
  markdown: toMarkdown,
  html: toHtml,
};

/** Why a file cannot be written, as far as that can be told without touching it; '' if it can. */
function unwritable(file: string): string {
  try {
    if (existsSync(file)) {
      if (statSync(file).isDirectory()) return 'is a directory';
      accessSync(file, constants.W_OK);
    } else {
      accessSync(dirname(file), constants.W_OK | constants.X_OK);
    }
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Check that all reports can be written, before minutes are spent on a run that would be lost.
 *
 * @throws UsageError for the first that cannot
 */
export function checkReports(files: ReportFiles): void {
  for (const option of Object.keys(formats) as (keyof ReportFiles)[]) {
    const file = files[option];
    const words = file === undefined ? '' : unwritable(file);
    if (words !== '') throw new UsageError(`--${option}`, `'${file}': ${words}`);
  }
}

/** Write all reports that are asked for. */
export function writeReports(run: CompatRun, files: ReportFiles): void {
  for (const option of Object.keys(formats) as (keyof ReportFiles)[]) {
    const file = files[option];
    if (file !== undefined) writeFileSync(file, formats[option](run));
  }
}

/**
 * Read a run that was kept as JSON.
 *
 * @throws Error if the file is not one, in one line
 */
export function readRun(file: string): CompatRun {
  let run: Partial<CompatRun> | null;
  try {
    run = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`--from: '${file}': ${(error as Error).message}`);
  }
  if (run?.format !== 'tvisor-compat/1' || !Array.isArray(run.targets)) {
    throw new Error(`--from: '${file}': is not a file of --json (format tvisor-compat/1)`);
  }
  return run as CompatRun;
}
