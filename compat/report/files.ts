/** Reports in files, from a run that has just ended or from one that was kept as JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
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
