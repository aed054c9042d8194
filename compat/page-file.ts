/** docs/compatibility.md as a file: whether it says what a run says. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompatRun } from './model.js';
import { packageRoot } from './paths.js';
import { REGENERATE, toCompatibilityPage } from './report/page.js';

/** The page's name, from the package's root. */
export const PAGE = 'docs/compatibility.md';

/** Where the tests leave their run of all cases on tvisor, so that the page can be made from it without another. */
export const LAST_RUN = '.cache/compat-tvisor.json';

const LINES_SHOWN = 12;

/** The first lines of both texts that are not in the other, `-` the old and `+` the new. */
function changedLines(before: string, now: string): string[] {
  const old = before.split('\n');
  const fresh = now.split('\n');
  const [inOld, inFresh] = [new Set(old), new Set(fresh)];
  const changes = [
    ...old.filter((line) => !inFresh.has(line)).map((line) => `- ${line}`),
    ...fresh.filter((line) => !inOld.has(line)).map((line) => `+ ${line}`),
  ];
  const more = changes.length - LINES_SHOWN;
  return [...changes.slice(0, LINES_SHOWN), ...(more > 0 ? [`... ${more} more lines`] : [])];
}

/**
 * What is wrong with a page, and how to mend it.
 *
 * @param existing the page as it is; undefined if there is none
 * @returns an empty string if it is what the run gives
 */
export function staleness(existing: string | undefined, run: CompatRun): string {
  const page = toCompatibilityPage(run);
  if (existing === page) {
    return '';
  }
  return [
    `${PAGE} is stale: it is not what syscalls/ and the cases give now.`,
    ...(existing === undefined ? ['It does not exist.'] : changedLines(existing, page)),
    `Make it again with \`${REGENERATE}\`, or from the tests' last run with \`${REGENERATE} -- --from ${LAST_RUN}\`, and commit it.`,
  ].join('\n');
}

/** The page as it is in the repository, or undefined. */
export function readPage(): string | undefined {
  const file = join(packageRoot, PAGE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Write the page. */
export function writePage(run: CompatRun): void {
  const page = toCompatibilityPage(run);
  mkdirSync(dirname(join(packageRoot, PAGE)), { recursive: true });
  writeFileSync(join(packageRoot, PAGE), page);
}

/** Keep a run where `--from` finds it. */
export function keepRun(run: CompatRun): void {
  const file = join(packageRoot, LAST_RUN);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(run)}\n`);
}
