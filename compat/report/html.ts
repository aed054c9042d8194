/** A run as one page: no network, no other file. It can be mailed, put on any server, opened from a disk. */

import { formatMachine } from '../../bench/machine.js';
import type { CompatRun } from '../model.js';
import { day, duration, suiteTitle } from './figures.js';
import { cards } from './html-cards.js';
import { FailureIds, failuresSection, groupsSection } from './html-failures.js';
import { htmlPage } from './html-page.js';
import { SCRIPT } from './html-script.js';
import { STYLE } from './html-style.js';
import { familiesSection, syscallTableSection } from './html-tables.js';
import { computeMatrix, type Matrix } from './matrix.js';
import { syscallRows } from './syscall-rows.js';
import { count, escapeHtml, firstLine } from './text.js';

const LEGEND: [string, string][] = [
  ['pass', 'all pass'],
  ['fail', 'some fail'],
  ['broken', 'none pass'],
  ['expected', 'known gaps only'],
  ['not-reached', 'not reached: the case ended before'],
  ['skip', 'skipped'],
  ['none', 'nothing covers it'],
];

function intro(run: CompatRun, matrix: Matrix): string {
  const cases = new Set(
    run.targets.flatMap((target) => target.cases.map(({ family, name }) => `${family}/${name}`)),
  );
  const tried = matrix.targets.filter(({ unavailable }) => unavailable === '').length;
  const legend = LEGEND.map(([name, words]) => `<li><i class="${name}"></i>${words}</li>`);
  return `<header><h1>${suiteTitle(run)}</h1>
<p class="soft">${count(cases.size, 'case')} on ${count(tried, 'target')}, ${escapeHtml(firstLine(day(run.started), 40))}, in ${duration(run.seconds)}</p>
<ul class="legend">${legend.join('')}</ul></header>`;
}

function footer(run: CompatRun): string {
  const targets = run.targets.map(({ target, unavailable }) => {
    const state = unavailable === '' ? '' : `<br>not run: ${escapeHtml(firstLine(unavailable, 400))}`;
    return `<tr><th>${escapeHtml(firstLine(target.name, 80))}</th><td>${escapeHtml(firstLine(target.version, 200))}</td><td><code>${escapeHtml(firstLine(target.command, 400))}</code>${state}</td></tr>`;
  });
  const machine = formatMachine(run.machine)
    .split('\n')
    .map((line) => escapeHtml(firstLine(line, 300)));
  return `<footer><p>A check passes if the target does what Linux does. Each counts once for every call it is about; skipped ones are not counted.</p>
<table>${targets.join('')}</table><p>${machine.join('<br>')}</p></footer>`;
}

/**
 * The run as a static page.
 *
 * @returns HTML with style and script inside; whatever tests have printed is text in it
 */
export function toHtml(run: CompatRun): string {
  const matrix = computeMatrix(run);
  const rows = syscallRows(matrix);
  const ids = new FailureIds(matrix);
  const body = `${intro(run, matrix)}
<main>${cards(matrix, rows)}
${familiesSection(matrix, ids)}
${syscallTableSection(matrix, rows, ids)}
${groupsSection(run)}
${failuresSection(matrix, ids)}</main>
${footer(run)}
<dialog id="panel"><header><h3></h3><button>Close</button></header><div></div></dialog>`;
  return htmlPage(suiteTitle(run), STYLE, body, SCRIPT);
}
